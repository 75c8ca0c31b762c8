package io.github.rseq4j.sequence;

/** A comparison of two 64-bit numbers; all but the equalities are unsigned. */
public enum Condition {
  /** Equal. */
  EQUAL("=="),
  /** Not equal. */
  NOT_EQUAL("!="),
  /** Unsigned less than. */
  BELOW("<"),
  /** Unsigned less than or equal. */
  AT_MOST("<="),
  /** Unsigned greater than. */
  ABOVE(">"),
  /** Unsigned greater than or equal. */
  AT_LEAST(">=");

  private final String symbol;

  Condition(String symbol) {
    this.symbol = symbol;
  }

  boolean holds(long left, long right) {
    int order = Long.compareUnsigned(left, right);
    return switch (this) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case BELOW -> order < 0;
      case AT_MOST -> order <= 0;
      case ABOVE -> order > 0;
      case AT_LEAST -> order >= 0;
    };
  }

  /** Returns the operator used in listings. */
  @Override
  public String toString() {
    return symbol;
  }
}
