package io.github.rseq4j.sequence;

/** What the verifier holds every sequence to. */
public enum Rule {
  /** Every path ends in exactly one commit; a path left by an exit has none. */
  ONE_COMMIT("a path has exactly one commit"),
  /** The commit is the last step of its path. */
  NOTHING_AFTER_COMMIT("no step may follow the commit of its path"),
  /** Skips go forward, each to a label that is placed once, after it. */
  FORWARD_ONLY("a skip goes forward, to a label placed once"),
  /** A value is read only where every path to it has set it. */
  VALUE_SET("a value is set on every path before it is read"),
  /** A copy has a constant bound of 1 to {@value Step#MAX_COPY} bytes; its index counts bytes. */
  BOUNDED_COPY("a copy has a bound of 1 to " + Step.MAX_COPY + " bytes and an index in bytes"),
  /** A commit, and a load that acquires, touch one naturally aligned word. */
  ALIGNED("a commit or acquire is aligned to its width"),
  /** At most {@value Sequence#MAX_PARAMETERS} parameters. */
  PARAMETERS("at most " + Sequence.MAX_PARAMETERS + " parameters"),
  /** At most {@value Sequence#MAX_LIVE} parameters and values needed at the same time. */
  REGISTERS("at most " + Sequence.MAX_LIVE + " parameters and values are needed at once");

  private final String sentence;

  Rule(String sentence) {
    this.sentence = sentence;
  }

  /** Returns the rule as a sentence. */
  @Override
  public String toString() {
    return sentence;
  }
}
