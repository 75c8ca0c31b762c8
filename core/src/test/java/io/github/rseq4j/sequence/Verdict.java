package io.github.rseq4j.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.function.Consumer;

/** What the verifier says to a sequence. */
final class Verdict {
  private Verdict() {}

  /** Checks that a sequence is accepted. */
  static void accepted(Consumer<SequenceBuilder> body) {
    assertThat(Sequence.define("accepted", body).steps()).isNotEmpty();
  }

  /**
   * Checks that a sequence is refused, and that the message says so.
   *
   * @param rule the rule it breaks
   * @param step the number of the step that breaks it
   * @param detail what the message says about that step
   */
  static void refused(Rule rule, int step, String detail, Consumer<SequenceBuilder> body) {
    SequenceException refusal =
        catchThrowableOfType(SequenceException.class, () -> Sequence.define("refused", body));
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal)
        .hasMessageStartingWith("refused, step %d: ", step)
        .hasMessageContaining(detail)
        .hasMessageEndingWith(rule.toString());
    assertThat(refusal.rule()).isEqualTo(rule);
    assertThat(refusal.step()).isEqualTo(step);
  }
}
