package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "doctor ", "demo ", "sequences "})
  void helpAndVersionAreEverywhere(String command) {
    Run help = Run.of(List.of((command + "--help").split(" ")).toArray());
    assertThat(help.exitCode()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).startsWith("Usage: rseq4j " + command.strip());

    Run version = Run.of(List.of((command + "--version").split(" ")).toArray());
    assertThat(version.exitCode()).isZero();
    assertThat(version.err()).isEmpty();
    assertThat(version.out()).startsWith("rseq4j ").contains(Runtime.version().toString());
  }

  @Test
  void theHelpOfACommandTellsItsExitCodes() {
    assertThat(Run.of("doctor", "--help").out()).contains("Exit codes:", "0   ", "1   ", "2   ");
    assertThat(Run.of("demo", "--help").out()).contains("Exit codes:", "0   ", "1   ", "2   ");
  }

  @Test
  void aMistakeOfUseIsSaidShortly() {
    for (Run run :
        List.of(
            Run.of(),
            Run.of("nope"),
            Run.of("doctor", "--nope"),
            Run.of("demo", "--threads", "many"),
            Run.of("sequences", "one", "two"))) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err().lines()).hasSize(2);
      assertThat(run.err()).startsWith("rseq4j");
    }
  }

  @Test
  void whatWasMeantIsSuggested() {
    assertThat(Run.of("demo", "--thread", "2").err()).contains("--threads");
  }
}
