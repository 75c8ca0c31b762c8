package io.github.rseq4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An AOT cache (JEP 483, JEP 514) changes how soon a program starts, and nothing else. */
class AotCacheTest {
  /*
   * What could be wrong: a cache that keeps what one JVM has found out (the offset of the area, the
   * sizes that the kernel says, the number of CPUs, an address) for another, to which it does not
   * apply. All of that is in static fields, which initializers set; and JDK 25 keeps the values of
   * static fields only of its own classes, and of lambdas that capture nothing. The initializers of
   * all others run in each JVM, as ever. So each JVM here must say with a cache what it says without
   * one, also if the JVM that made it found something else.
   */

  private static final String GRANT = "--enable-native-access=ALL-UNNAMED";

  /** How a JVM is started. */
  enum Start {
    AS_EVER,
    /** No thread is registered by the C library. */
    UNREGISTERED,
    /** Nor is the area the C library's. */
    OWN_AREA,
    WITHOUT_RSEQ;

    Map<String, String> environment() {
      return this == UNREGISTERED || this == OWN_AREA
          ? Map.of("GLIBC_TUNABLES", "glibc.pthread.rseq=0")
          : Map.of();
    }

    List<String> flags() {
      return switch (this) {
        case AS_EVER, UNREGISTERED -> List.of(GRANT);
        case OWN_AREA -> List.of(GRANT, "-Drseq4j.area=own");
        case WITHOUT_RSEQ -> List.of(GRANT, "-Drseq4j.backend=bytecode");
      };
    }
  }

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /** Of classes of ours but hidden ones, whose names have a slash. */
  private static final Pattern LOADED = Pattern.compile(" io\\.github\\.rseq4j\\.[^ /]+ source: ");

  /** By how the JVM was started that made it. */
  private static final Map<Start, Path> CACHES = new EnumMap<>(Start.class);

  @TempDir private static Path folder;

  @BeforeAll
  static void makeCaches() throws Exception {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    assumeTrue(hasCaches(), "this JVM has no AOT caches: it does not know -XX:AOTMode");
    makeJar();
    for (Start trained : List.of(Start.AS_EVER, Start.WITHOUT_RSEQ)) {
      Path cache = folder.resolve(trained + ".aot");
      run(trained, List.of("-XX:AOTCacheOutput=" + cache));
      assertThat(cache).exists();
      CACHES.put(trained, cache);
    }
  }

  private static boolean hasCaches() throws Exception {
    Process process =
        new ProcessBuilder(JAVA, "-XX:AOTMode=off", "-version")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor() == 0;
  }

  /** Caches know classes that come from jars only. */
  private static void makeJar() throws Exception {
    int status =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "--create",
                "--file",
                jar().toString(),
                "-C",
                ChildJvm.classes().toString(),
                ".",
                "-C",
                ChildJvm.testClasses().toString(),
                FirstAddRun.class.getName().replace('.', '/') + ".class");
    assertThat(status).isZero();
  }

  private static Path jar() {
    return folder.resolve("program.jar");
  }

  private static Properties run(Start start, List<String> flags, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(JAVA);
    command.addAll(start.flags());
    command.addAll(flags);
    command.addAll(List.of("-cp", jar().toString(), FirstAddRun.class.getName()));
    command.addAll(List.of(arguments));
    try (ChildJvm jvm = ChildJvm.start(start.environment(), command)) {
      return jvm.finish();
    }
  }

  /** Returns flags with which a JVM fails unless it can use a cache. */
  private static List<String> use(Start trained, String... more) {
    List<String> flags = new ArrayList<>();
    flags.add("-XX:AOTCache=" + CACHES.get(trained));
    flags.add("-XX:AOTMode=on");
    flags.addAll(List.of(more));
    return flags;
  }

  @ParameterizedTest
  @CsvSource({
    "AS_EVER, AS_EVER",
    "AS_EVER, UNREGISTERED",
    "AS_EVER, OWN_AREA",
    "AS_EVER, WITHOUT_RSEQ",
    "WITHOUT_RSEQ, AS_EVER"
  })
  void changesNothing(Start trained, Start started) throws Exception {
    Properties answers = run(started, use(trained), FirstAddRun.SELF_TEST);
    assertThat(answers).isEqualTo(run(started, List.of(), FirstAddRun.SELF_TEST));
    boolean active = started != Start.WITHOUT_RSEQ;
    assertThat(answers).containsEntry("sum", "42").containsEntry("active", String.valueOf(active));
    assertThat(answers.getProperty("self_test"))
        .contains("preemption=Check[outcome=" + (active ? "PASSED" : "NOT_RUN"));
  }

  @Test
  void hasEveryClassThatTheFirstAddNeeds() throws Exception {
    Path log = folder.resolve("classes.log");
    run(Start.AS_EVER, use(Start.AS_EVER, "-Xlog:class+load:file=" + log));
    assertThat(Files.readAllLines(log))
        .filteredOn(LOADED.asPredicate())
        .hasSizeGreaterThan(50)
        .allMatch(line -> line.contains("source: shared objects file"));
  }
}
