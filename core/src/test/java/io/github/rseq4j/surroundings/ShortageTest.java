package io.github.rseq4j.surroundings;

import static io.github.rseq4j.surroundings.Surroundings.FLAGS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.ChildJvm;
import io.github.rseq4j.internal.linux.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Something runs short when a structure is made, and is there again later. */
class ShortageTest {
  private static final int RLIMIT_NOFILE = 7;
  private static final int RLIMIT_AS = 9;

  /** So that glibc does not reserve 64 MiB or more with each thread. */
  private static final Map<String, String> ONE_ARENA = Map.of("MALLOC_ARENA_MAX", "1");

  private static Path classes;
  private static Path testClasses;

  @BeforeAll
  static void requireRseq(@TempDir Path directory) throws Exception {
    Surroundings.requireRseq();
    // Classes in a directory would each take a descriptor, which is not what is shown here.
    classes = jar(ChildJvm.classes(), directory.resolve("classes.jar"));
    testClasses = jar(ChildJvm.testClasses(), directory.resolve("test-classes.jar"));
  }

  private static Path jar(Path from, Path to) throws IOException {
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(to));
        Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        jar.putNextEntry(new ZipEntry(from.relativize(file).toString()));
        Files.copy(file, jar);
      }
    }
    return to;
  }

  /**
   * Runs a process under a limit for a while.
   *
   * @param extra what it may use beyond what it uses already, or all that it may use
   */
  private static Properties run(int resource, long extra, String... arguments) throws Exception {
    List<String> command =
        ChildJvm.command(classes, testClasses, ShortageRun.class, FLAGS, arguments);
    try (ChildJvm child = ChildJvm.start(ONE_ARENA, command)) {
      child.awaitLine(ShortageRun.READY);
      long limit = resource == RLIMIT_AS ? extra + size(child) : extra;
      long before = limit(child, resource, limit);
      child.goOn();
      child.awaitLine(ShortageRun.SEEN);
      limit(child, resource, before);
      child.goOn();
      return Surroundings.requireExact(child.finish());
    }
  }

  /** Sets a soft limit of a process, and returns what it was. */
  private static long limit(ChildJvm child, int resource, long limit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limits = arena.allocate(JAVA_LONG, 2);
      long result = TestCall.PRLIMIT64.call(child.pid(), resource, 0, limits.address());
      long before = limits.get(JAVA_LONG, 0);
      limits.set(JAVA_LONG, 0, limit);
      if (result == 0) {
        result = TestCall.PRLIMIT64.call(child.pid(), resource, limits.address(), 0);
      }
      assumeTrue(result == 0, "prlimit64 fails with " + Errno.describe((int) -result));
      return before;
    }
  }

  /** Returns the size of the address space in use, in bytes. */
  private static long size(ChildJvm child) throws IOException {
    return Long.parseLong(Surroundings.status(child.pid(), "VmSize").replace(" kB", "")) << 10;
  }

  /** Nothing that is needed after detection is a file. */
  @Test
  void descriptors() throws Exception {
    Properties answers = run(RLIMIT_NOFILE, 0, ShortageRun.DETECTED);
    assertThat(answers)
        .containsEntry("active", "true")
        .containsEntry("missing", "[]")
        .containsEntry("mistakes_again", "");
  }

  /** The JDK then cannot load what finds native functions, and never tries again. */
  @Test
  void descriptorsAtTheFirstUse() throws Exception {
    Properties answers = run(RLIMIT_NOFILE, 0);
    assertThat(answers).containsEntry("active", "false").containsEntry("mistakes_again", "");
    assertThat(answers.getProperty("reason")).contains("file descriptor", "ulimit -n");
  }

  @Test
  void addressSpace() throws Exception {
    Properties answers =
        run(
            RLIMIT_AS,
            200 << 20,
            ShortageRun.DETECTED,
            ShortageRun.RING,
            ShortageRun.COUNTERS,
            ShortageRun.REGION);
    assertThat(answers)
        .containsEntry("active", "true")
        .containsEntry("missing", "[]")
        .containsEntry("again", "")
        .containsEntry("mistakes_again", "");
    assertThat(answers.getProperty("short"))
        .matches("(?:(?:ring|counters|region): reserving [0-9]+ bytes.*? ENOMEM \\(12\\); ){3}");
  }
}
