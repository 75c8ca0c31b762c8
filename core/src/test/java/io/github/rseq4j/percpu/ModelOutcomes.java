package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.ModelChecker.Outcome;
import java.util.Objects;

/** What the model checker is to have found; the outcomes are printed too. */
final class ModelOutcomes {
  private ModelOutcomes() {}

  /** Asserts that nothing was violated, in more than so many states. */
  static void assertCorrect(String name, Outcome outcome, long minimumOfStates) {
    print(name, outcome);
    assertThat(outcome.violation()).isNull();
    assertThat(outcome.states()).isGreaterThan(minimumOfStates);
  }

  /** Asserts that a mistake was found, by a message that contains one of some. */
  static void assertFound(String name, Outcome outcome, String... messages) {
    print(name, outcome);
    assertThat(Objects.requireNonNull(outcome.violation()).message()).containsAnyOf(messages);
  }

  private static void print(String name, Outcome outcome) {
    System.out.println("model checker, " + name + ": " + outcome);
  }
}
