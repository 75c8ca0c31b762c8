package io.github.rseq4j.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Processes that measure something, or are measured. */
final class ChildProcess {
  private static final long MOST_SECONDS = 60;

  private ChildProcess() {}

  /**
   * Returns what starts a JVM like this one.
   *
   * @param options what its options are besides this one's
   * @param program the class to run
   * @param arguments its arguments
   */
  static List<String> java(List<String> options, Class<?> program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * Runs a process to its end and returns what it has printed, without the line's end.
   *
   * @throws IOException if it fails, with the last that it has printed
   */
  static String run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("rseq4j-bench", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(
            "%s was still running after %d s".formatted(command.getFirst(), MOST_SECONDS));
      }
      String printed = Files.readString(output).strip();
      if (process.exitValue() != 0) {
        throw new IOException(
            "%s ended with %d: %s"
                .formatted(
                    command.getFirst(),
                    process.exitValue(),
                    printed.lines().reduce((_, last) -> last).orElse("")));
      }
      return printed;
    } finally {
      Files.deleteIfExists(output);
    }
  }
}
