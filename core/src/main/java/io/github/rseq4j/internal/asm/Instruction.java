package io.github.rseq4j.internal.asm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of a processor's table of instructions. */
public interface Instruction {
  /** Returns why this instruction does not take these operands, or null if it does. */
  @Nullable String refusal(List<Operand> operands);

  /** Returns whether this instruction takes these operands. */
  default boolean takes(Operand... operands) {
    return refusal(List.of(operands)) == null;
  }

  /**
   * Refuses operands that this instruction does not take.
   *
   * @throws IllegalArgumentException naming the instruction, the operand and what was expected
   */
  default void check(List<Operand> operands) {
    String refusal = refusal(operands);
    if (refusal != null) {
      throw new IllegalArgumentException(this + ": " + refusal);
    }
  }

  /** Appends the code of this instruction with operands that it takes. */
  void write(List<Operand> operands, CodeBuffer out);

  /** Returns the text of this instruction with operands that it takes, as objdump writes it. */
  String text(List<Operand> operands);
}
