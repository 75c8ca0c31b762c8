package io.github.rseq4j.internal.compile.a64;

import static io.github.rseq4j.internal.compile.a64.Insn.*;

import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Imm;

/** Emits the shortest instructions for a constant. */
final class Constants {
  private static final int PART_BITS = 16;
  private static final long PART = (1L << PART_BITS) - 1;

  private final Assembler asm;

  Constants(Assembler asm) {
    this.asm = asm;
  }

  /** Puts a constant into a register. */
  void load(Reg register, long number) {
    Imm immediate = new Imm(number);
    for (Insn move : new Insn[] {MOVZ_X_IMM, MOVN_X_IMM, MOV_X_BITMASK}) {
      if (move.takes(register, immediate)) {
        asm.emit(move, register, immediate);
        return;
      }
    }
    asm.emit(MOVZ_X_IMM, register, new Imm(number & PART));
    for (int shift = PART_BITS; shift < Long.SIZE; shift += PART_BITS) {
      if ((number >>> shift & PART) != 0) {
        movePart(register, number, shift);
      }
    }
  }

  /** Puts an address into a register, by as many instructions whatever it is. */
  void loadAddress(Reg register, long address) {
    asm.emit(MOVZ_X_IMM, register, new Imm(address & PART));
    for (int shift = PART_BITS; shift < Long.SIZE; shift += PART_BITS) {
      movePart(register, address, shift);
    }
  }

  private void movePart(Reg register, long number, int shift) {
    asm.emit(MOVK_X_IMM_LSL, register, new Imm(number >>> shift & PART), new Imm(shift));
  }

  /**
   * Computes {@code result = left + number}; {@code scratch}, which is not {@code left}, may go.
   */
  void add(Reg result, Reg left, long number, Reg scratch) {
    if (ADD_X_X_IMM.takes(result, left, new Imm(number))) {
      asm.emit(ADD_X_X_IMM, result, left, new Imm(number));
    } else if (SUB_X_X_IMM.takes(result, left, new Imm(-number))) {
      asm.emit(SUB_X_X_IMM, result, left, new Imm(-number));
    } else {
      load(scratch, number);
      asm.emit(ADD_X_X_X, result, left, scratch);
    }
  }

  /** Compares a register with a constant; {@code scratch} may go. */
  void compare(Reg left, long number, Reg scratch) {
    if (CMP_X_IMM.takes(left, new Imm(number))) {
      asm.emit(CMP_X_IMM, left, new Imm(number));
    } else if (CMN_X_IMM.takes(left, new Imm(-number))) {
      asm.emit(CMN_X_IMM, left, new Imm(-number));
    } else {
      load(scratch, number);
      asm.emit(CMP_X_X, left, scratch);
    }
  }
}
