package io.github.rseq4j.sequence;

/** What a step computes with: a {@link Value} set earlier in the sequence, or a constant. */
public sealed interface Operand permits Value, Operand.Constant {

  /**
   * A number known when the sequence is written.
   *
   * @param number the 64-bit number
   */
  record Constant(long number) implements Operand {
    @Override
    public String toString() {
      return number > -4096 && number < 4096
          ? Long.toString(number)
          : "0x" + Long.toHexString(number);
    }
  }
}
