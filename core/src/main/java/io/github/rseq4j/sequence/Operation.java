package io.github.rseq4j.sequence;

/** Arithmetic on two 64-bit numbers, modulo 2<sup>64</sup> but for one operation. */
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
  XOR("^"),
  /** Shift to the left by the low six bits of the right operand. */
  SHIFT_LEFT("<<"),
  /** Shift to the right by the low six bits of the right operand, filling with zeros. */
  SHIFT_RIGHT(">>>"),
  /** Shift to the right by the low six bits of the right operand, filling with the sign. */
  SHIFT_RIGHT_SIGNED(">>"),
  /** The smaller of two signed numbers. */
  MIN("min"),
  /** The larger of two signed numbers. */
  MAX("max"),
  /**
   * Sum of two {@code double}s, given and returned as their bits, rounded to the nearest one, ties
   * to even. Which of the bits that are no number the result has, if it is none, is not specified.
   */
  ADD_DOUBLE("+.");

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
      case SHIFT_LEFT -> left << right;
      case SHIFT_RIGHT -> left >>> right;
      case SHIFT_RIGHT_SIGNED -> left >> right;
      case MIN -> Math.min(left, right);
      case MAX -> Math.max(left, right);
      case ADD_DOUBLE ->
          Double.doubleToRawLongBits(
              Double.longBitsToDouble(left) + Double.longBitsToDouble(right));
    };
  }

  /** Returns the operator used in listings. */
  @Override
  public String toString() {
    return symbol;
  }
}
