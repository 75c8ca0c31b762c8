package io.github.rseq4j.stress.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line of {@link Torture}. */
class TortureCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) throws InterruptedException {
    return Torture.run(new PrintStream(out, true), new PrintStream(err, true), arguments);
  }

  @Test
  void durationsAreSecondsAndTheirFractions() {
    assertThat(Torture.duration("--seconds", "2.5")).contains(Duration.ofMillis(2500));
    assertThat(Torture.duration("--quick")).contains(Torture.QUICK);
    assertThat(Torture.duration()).contains(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--nope", "--seconds", "--seconds 0", "--seconds -1", "--seconds x", "1"})
  void wrongArgumentsAreRefusedWithTheUsage(String line) throws InterruptedException {
    assertThat(Torture.duration(line.split(" "))).isEqualTo(Optional.empty());
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("usage: ");
  }

  @Test
  void helpIsNoError() throws InterruptedException {
    assertThat(run("--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("usage: ");
  }

  @Test
  void withoutRseqItSaysWhyAndEndsWithTwo() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-Drseq4j.backend=fallback",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Torture.class.getName(),
                    "--quick"))
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(text).contains("rseq is not active").contains("rseq4j.backend");
  }
}
