package io.github.rseq4j.sequence;

/** The refusal of a sequence that breaks a {@link Rule}. */
public final class SequenceException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The rule that is broken. */
  private final Rule rule;

  /** The number of the step. */
  private final int step;

  SequenceException(String sequence, int step, Rule rule, String detail) {
    super("%s, step %d: %s: %s".formatted(sequence, step, detail, rule));
    this.rule = rule;
    this.step = step;
  }

  /** Returns the rule that is broken. */
  public Rule rule() {
    return rule;
  }

  /**
   * Returns the number of the step that breaks it, from 0; the number of steps if it is the end.
   */
  public int step() {
    return step;
  }
}
