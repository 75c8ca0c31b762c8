package io.github.rseq4j.internal.asm;

import java.util.List;

/** A row of a processor's table of instructions. */
public interface Instruction {
  /**
   * Refuses operands that this instruction does not take.
   *
   * @throws IllegalArgumentException naming the instruction, the operand and what was expected
   */
  void check(List<Operand> operands);

  /** Appends the code of this instruction with operands that it takes. */
  void write(List<Operand> operands, CodeBuffer out);

  /** Returns the text of this instruction with operands that it takes, as objdump writes it. */
  String text(List<Operand> operands);
}
