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
  /**
   * A copy has a constant bound of 1 to {@value Step#MAX_COPY} bytes, and its index counts bytes; a
   * word is stored out at most that far into its destination.
   */
  BOUNDED_COPY(
      "a copy has a bound of 1 to %1$d bytes and an index in bytes, a word goes out at 0 to %1$d"
          .formatted(Step.MAX_COPY)),
  /** A commit, and a load that acquires, touch one naturally aligned word. */
  ALIGNED("a commit or acquire is aligned to its width"),
  /** At most {@value Sequence#MAX_PARAMETER_WORDS} words of parameters. */
  PARAMETERS(
      "parameters are at most %d words: one for a value, two for memory"
          .formatted(Sequence.MAX_PARAMETER_WORDS)),
  /** At most {@value Sequence#MAX_LIVE} words of parameters and values at the same time. */
  REGISTERS("at most " + Sequence.MAX_LIVE + " words are needed at once"),
  /** Every constant part of an address is inside the slices of the region that is linked to. */
  INSIDE_SLICE("a constant address is inside the slice"),
  /** The sequences of a program have the same kinds of parameters and the same index. */
  SAME_PARAMETERS("the sequences of a program have the same parameters and index"),
  /** A program has 1 to {@value Program#MAX_SEQUENCES} sequences. */
  PROGRAM_LENGTH("a program has 1 to " + Program.MAX_SEQUENCES + " sequences");

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
