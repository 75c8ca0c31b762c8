package io.github.rseq4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.surroundings.TestCall;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A JVM of its own, for what has to be started differently. */
public final class ChildJvm implements AutoCloseable {
  /** The key under which {@link #run} puts what was printed to the error stream. */
  public static final String STDERR = "stderr";

  /** The flag that selects the JVMCI backend; tests run in the folder of their module. */
  public static final String JVMCI = "@" + Path.of("..", "jvmci.args").toAbsolutePath();

  private static final String MODULE = "io.github.rseq4j";

  /** How long one may run: emulated processors are slow. */
  private static final long PATIENCE_SECONDS = 1200;

  private static final long DUMP_SECONDS = 5;

  private static final int SIGQUIT = 3;
  private static final int SIGCONT = 18;

  private final Process process;
  private final Path errors;
  private final BufferedReader lines;
  private final StringBuilder output = new StringBuilder();

  private ChildJvm(ProcessBuilder builder) throws IOException {
    errors = Files.createTempFile("rseq4j", ".stderr");
    process = builder.redirectError(errors.toFile()).start();
    lines = process.inputReader();
    var _ =
        process
            .onExit()
            .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .exceptionallyAsync(_ -> endWithDump());
  }

  /**
   * Runs a class of the tests that prints lines {@code key=value}, and returns what it printed.
   *
   * @param environment added to that of this process
   * @param flags for java
   */
  public static Properties run(
      Class<?> main, Map<String, String> environment, List<String> flags, String... arguments)
      throws IOException, InterruptedException, URISyntaxException {
    return start(environment, command(main, flags, arguments)).finish();
  }

  /** Starts what {@link #command} returns. */
  public static ChildJvm start(Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("JDK_JAVA_OPTIONS");
    builder.environment().putAll(environment);
    return new ChildJvm(builder);
  }

  /** Returns the command that runs a class of the tests, as part of the module. */
  public static List<String> command(Class<?> main, List<String> flags, String... arguments)
      throws URISyntaxException {
    return command(classes(), testClasses(), main, flags, arguments);
  }

  /** Returns such a command for classes in other places than those of this process. */
  public static List<String> command(
      Path classes, Path testClasses, Class<?> main, List<String> flags, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("--module-path", classes.toString(), "--patch-module"));
    command.add(MODULE + "=" + testClasses);
    command.addAll(List.of("--module", MODULE + "/" + main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Skips a test if the JVM does not come so far as to know the module, with a flag. */
  public static void assumeStarts(String flag) throws IOException, URISyntaxException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = classes().toString();
    ProcessBuilder builder =
        new ProcessBuilder(java, flag, "--module-path", classes, "--describe-module", MODULE);
    Process process = builder.redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(
        process.onExit().join().exitValue() == 0,
        () -> "this JVM does not start with %s: %s".formatted(flag, printed));
  }

  /** Returns the directory of the module's classes. */
  public static Path classes() throws URISyntaxException {
    return Path.of(Rseq.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Returns the directory of the tests' classes. */
  public static Path testClasses() throws URISyntaxException {
    return classes().resolveSibling("test-classes");
  }

  /** Returns the number of the process. */
  public long pid() {
    return process.pid();
  }

  /** Waits until it prints a line, or ends. */
  public void awaitLine(String line) throws IOException {
    String next = next();
    while (next != null && !next.equals(line)) {
      next = next();
    }
  }

  /** Gives it a byte to read. */
  public void goOn() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  /** Waits until it ends, which has to be well, and returns what it printed. */
  public Properties finish() throws IOException, InterruptedException {
    while (next() != null) {
      // to the end
    }
    String printed = Files.readString(errors);
    Files.deleteIfExists(errors);
    assertThat(process.waitFor())
        .as("exit status; stdout: %s; stderr: %s", output, printed)
        .isZero();
    Properties answers = new Properties();
    answers.load(new StringReader(output.toString()));
    answers.setProperty(STDERR, printed);
    return answers;
  }

  /** Ends it, if it has not ended by itself. */
  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(errors);
  }

  private @Nullable String next() throws IOException {
    String line = lines.readLine();
    if (line != null) {
      output.append(line).append('\n');
    }
    return line;
  }

  /** Has a process that hangs print what its threads do, and ends it. */
  private Process endWithDump() {
    TestCall.KILL.call(pid(), SIGCONT);
    TestCall.KILL.call(pid(), SIGQUIT);
    try {
      var _ = process.waitFor(DUMP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return process.destroyForcibly();
  }
}
