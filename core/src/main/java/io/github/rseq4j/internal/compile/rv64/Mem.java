package io.github.rseq4j.internal.compile.rv64;

import io.github.rseq4j.internal.asm.Operand;

/**
 * An address in memory.
 *
 * @param base the register that it is relative to
 * @param offset bytes from there; which of them fit is the instruction's to say
 */
public record Mem(Reg base, int offset) implements Operand {
  /** Returns the memory at a register. */
  static Mem at(Reg base) {
    return at(base, 0);
  }

  /** Returns the memory at an offset from a register. */
  static Mem at(Reg base, int offset) {
    return new Mem(base, offset);
  }

  @Override
  public String toString() {
    return offset + "(" + base + ")";
  }
}
