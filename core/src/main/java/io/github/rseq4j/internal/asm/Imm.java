package io.github.rseq4j.internal.asm;

/**
 * A number inside an instruction.
 *
 * @param value the number; which range of it fits is the instruction's to say
 */
public record Imm(long value) implements Operand {
  @Override
  public String toString() {
    return Long.toString(value);
  }
}
