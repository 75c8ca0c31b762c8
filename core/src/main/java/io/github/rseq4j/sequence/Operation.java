package io.github.rseq4j.sequence;

/** Arithmetic on two 64-bit numbers, modulo 2<sup>64</sup>. */
public enum Operation {
  /** Sum. */
  ADD("+"),
  /** Difference. */
  SUBTRACT("-"),
  /** Bitwise and. */
  AND("&"),
  /** Bitwise or. */
  OR("|"),
  /** Bitwise exclusive or. */
  XOR("^");

  private final String symbol;

  Operation(String symbol) {
    this.symbol = symbol;
  }

  long apply(long left, long right) {
    return switch (this) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case AND -> left & right;
      case OR -> left | right;
      case XOR -> left ^ right;
    };
  }

  /** Returns the operator used in listings. */
  @Override
  public String toString() {
    return symbol;
  }
}
