package io.github.rseq4j.internal.compile.a64;

/**
 * A number in a field that leaves out its low bits, as these are always 0.
 *
 * @param field where the number is, divided by {@code scale}
 * @param signed whether it is in two's complement
 * @param scale what it is a multiple of
 */
record Scaled(Field field, boolean signed, int scale) {
  long least() {
    return signed ? -scale * (1L << (field.width() - 1)) : 0;
  }

  long greatest() {
    return scale * ((1L << (signed ? field.width() - 1 : field.width())) - 1);
  }

  boolean fits(long value) {
    return least() <= value && value <= greatest() && value % scale == 0;
  }

  /** A value that fits, where the instruction has it. */
  int put(long value) {
    return field.put((int) (value / scale));
  }

  /** What fits, for a message. */
  @Override
  public String toString() {
    return "from " + least() + " to " + greatest() + (scale == 1 ? "" : " in steps of " + scale);
  }
}
