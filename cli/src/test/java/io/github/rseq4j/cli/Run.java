package io.github.rseq4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** What a run of the command line has printed, and its exit code. */
record Run(int exitCode, String out, String err) {
  private static final long MOST_SECONDS = 120;

  /** Runs the command line in this process. */
  static Run of(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int exitCode = line.execute(strings(arguments).toArray(String[]::new));
    return new Run(exitCode, out.toString(), err.toString());
  }

  /** Runs the command line in a JVM of its own, with an option for that. */
  static Run inOwnJvm(String option, Path folder, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=io.github.rseq4j");
    command.add(option);
    command.add("-p");
    command.add(System.getProperty("jdk.module.path"));
    command.add("-m");
    command.add(Main.class.getModule().getName() + "/" + Main.class.getName());
    command.addAll(strings(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still running after %d s".formatted(MOST_SECONDS));
      }
      return new Run(process.exitValue(), read(out), read(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> strings(Object[] arguments) {
    return List.of(arguments).stream().map(Object::toString).toList();
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
