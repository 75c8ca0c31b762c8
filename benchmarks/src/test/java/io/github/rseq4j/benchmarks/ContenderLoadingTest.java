package io.github.rseq4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rivals are measured in a JVM that has loaded nothing of what they are compared with. */
class ContenderLoadingTest {
  static Stream<Contender> rivals() {
    return Stream.<Contender[]>of(Counter.Kind.values(), Bank.Kind.values())
        .flatMap(Arrays::stream)
        .filter(contender -> !contender.ours());
  }

  @ParameterizedTest
  @MethodSource("rivals")
  void loadsOneImplementationAndNothingOfTheLibrary(Contender rival) throws Exception {
    try (Loader loader = new Loader()) {
      Class<?> kinds = loader.loadClass(rival.getClass().getName());
      Object same = kinds.getMethod("valueOf", String.class).invoke(null, rival.name());
      Method open = kinds.getDeclaredMethod("open");
      open.setAccessible(true);
      Object opened = open.invoke(same);
      assertThat(loader.loaded("io.github.rseq4j.percpu.PerCpuLongAdder")).isFalse();
      assertThat(loader.loaded("io.github.rseq4j.percpu.PerCpuCounters")).isFalse();
      assertThat(
              Arrays.stream(rival.getClass().getEnclosingClass().getDeclaredClasses())
                  .filter(type -> !Contender.class.isAssignableFrom(type))
                  .map(Class::getName)
                  .filter(loader::loaded))
          .containsExactly(opened.getClass().getName());
    }
  }

  /** Loads everything anew but the JDK. */
  private static final class Loader extends URLClassLoader {
    Loader() {
      super(classPath(), ClassLoader.getPlatformClassLoader());
    }

    private static URL[] classPath() {
      return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(Loader::url)
          .toArray(URL[]::new);
    }

    private static URL url(String path) {
      try {
        return Path.of(path).toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalStateException(e);
      }
    }

    boolean loaded(String name) {
      return findLoadedClass(name) != null;
    }
  }
}
