package io.github.rseq4j.surroundings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.ChildJvm;
import io.github.rseq4j.Rseq;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** What the tests of surroundings have in common. */
final class Surroundings {
  static final String GRANT = "--enable-native-access=io.github.rseq4j";

  /** For a JVM that starts quickly and lives for a moment. */
  static final List<String> FLAGS = List.of(GRANT, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private Surroundings() {}

  /** Skips what shows nothing where rseq is missing anyway. */
  static void requireRseq() {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
  }

  /** Returns what the kernel says about a thread: a field of {@code /proc/tid/status}. */
  static String status(long tid, String field) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(tid), "status")).stream()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).strip())
        .findFirst()
        .orElseThrow();
  }

  /** Runs the workload, which has to be exact. */
  static Properties run(Map<String, String> environment, List<String> flags, String... arguments)
      throws Exception {
    return requireExact(ChildJvm.run(WorkloadRun.class, environment, flags, arguments));
  }

  /** Returns the answers of a process that was exact, or skips the test if it says it must. */
  static Properties requireExact(Properties answers) {
    String reason = answers.getProperty(Denial.NOT_POSSIBLE, "");
    assumeTrue(reason.isEmpty(), reason);
    assertThat(answers).containsEntry("mistakes", "");
    return answers;
  }
}
