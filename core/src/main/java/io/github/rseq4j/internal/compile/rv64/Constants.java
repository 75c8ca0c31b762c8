package io.github.rseq4j.internal.compile.rv64;

import static io.github.rseq4j.internal.compile.rv64.Insn.*;

import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Imm;

/**
 * Emits the instructions for constants.
 *
 * <p>A number is made of a low part of 12 bits with a sign, which most instructions hold, and of
 * what is left over, which therefore is rounded to the nearest multiple of 4096.
 */
final class Constants {
  private static final int LOW_BITS = 12;
  private static final long HIGH_MASK = (1 << 20) - 1;

  private final Assembler asm;

  Constants(Assembler asm) {
    this.asm = asm;
  }

  /** Returns the number without its low part, in units of 4096. */
  static int high(int number) {
    return (int) ((number - (long) low(number)) >> LOW_BITS);
  }

  /** Returns the low part, -2048 to 2047. */
  static int low(long number) {
    return (int) (number << (Long.SIZE - LOW_BITS) >> (Long.SIZE - LOW_BITS));
  }

  /** Puts a constant into a register. */
  void load(Reg register, long number) {
    int low = low(number);
    if (low == number) {
      asm.emit(ADDI, register, Reg.ZERO, new Imm(low));
    } else if (number == (int) number) {
      asm.emit(LUI, register, highImm((int) number));
      if (low != 0) {
        // The sum has 32 bits, so it does not matter that lui extends the sign of 0x80000.
        asm.emit(ADDIW, register, register, new Imm(low));
      }
    } else {
      // Bits that overflow are shifted out.
      long rest = (number - low) >> LOW_BITS;
      int zeros = Long.numberOfTrailingZeros(rest);
      load(register, rest >> zeros);
      asm.emit(SLLI, register, register, new Imm(LOW_BITS + zeros));
      if (low != 0) {
        asm.emit(ADDI, register, register, new Imm(low));
      }
    }
  }

  /**
   * Puts an address into a register, by as many instructions whatever it is.
   *
   * @param distance from the next instruction to the address
   */
  void loadAddress(Reg register, long distance) {
    asm.emit(AUIPC, register, highImm(Math.toIntExact(distance)));
    asm.emit(ADDI, register, register, new Imm(low(distance)));
  }

  /**
   * Computes {@code result = left + number}; {@code scratch}, which is not {@code left}, may go.
   */
  void add(Reg result, Reg left, long number, Reg scratch) {
    if (ADDI.takes(result, left, new Imm(number))) {
      asm.emit(ADDI, result, left, new Imm(number));
    } else {
      load(scratch, number);
      asm.emit(ADD, result, left, scratch);
    }
  }

  /**
   * Returns the memory at an offset from a register. Where no instruction holds the offset, {@code
   * near} is made to point near it, and {@code scratch}, which is not {@code base}, may go.
   */
  Mem memory(Reg base, int offset, Reg near, Reg scratch) {
    if (low(offset) == offset) {
      return Mem.at(base, offset);
    }
    asm.emit(LUI, scratch, highImm(offset));
    asm.emit(ADD, near, base, scratch);
    return Mem.at(near, low(offset));
  }

  private static Imm highImm(int number) {
    return new Imm(high(number) & HIGH_MASK);
  }
}
