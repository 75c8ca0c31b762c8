package io.github.rseq4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A JVM of its own, for what has to be started differently. */
public final class ChildJvm {
  /** The key under which {@link #run} puts what was printed to the error stream. */
  public static final String STDERR = "stderr";

  private ChildJvm() {}

  /**
   * Runs a class of the tests that prints lines {@code key=value}, and returns what it printed.
   *
   * @param environment added to that of this process
   * @param flags for java
   */
  public static Properties run(
      Class<?> main, Map<String, String> environment, List<String> flags, String... arguments)
      throws IOException, InterruptedException, URISyntaxException {
    Process process = start(main, environment, flags, arguments);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor())
        .as("exit status; stdout: %s; stderr: %s", output, errors)
        .isZero();
    Properties answers = new Properties();
    answers.load(new StringReader(output));
    answers.setProperty(STDERR, errors);
    return answers;
  }

  private static Process start(
      Class<?> main, Map<String, String> environment, List<String> flags, String... arguments)
      throws IOException, URISyntaxException {
    Path classes = Path.of(Rseq.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String module = "io.github.rseq4j";
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("--module-path", classes.toString(), "--patch-module"));
    command.add(module + "=" + classes.resolveSibling("test-classes"));
    command.addAll(List.of("--module", module + "/" + main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("JDK_JAVA_OPTIONS");
    builder.environment().putAll(environment);
    return builder.start();
  }
}
