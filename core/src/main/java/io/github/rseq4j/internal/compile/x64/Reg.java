package io.github.rseq4j.internal.compile.x64;

import io.github.rseq4j.internal.asm.Operand;

/** A general-purpose register, in the order of the hardware's numbers. */
public enum Reg implements Operand {
  RAX(0, "al", "ax", "eax", "rax"),
  RCX(1, "cl", "cx", "ecx", "rcx"),
  RDX(2, "dl", "dx", "edx", "rdx"),
  RBX(3, "bl", "bx", "ebx", "rbx"),
  RSP(4, "spl", "sp", "esp", "rsp"),
  RBP(5, "bpl", "bp", "ebp", "rbp"),
  RSI(6, "sil", "si", "esi", "rsi"),
  RDI(7, "dil", "di", "edi", "rdi"),
  R8(8, "r8b", "r8w", "r8d", "r8"),
  R9(9, "r9b", "r9w", "r9d", "r9"),
  R10(10, "r10b", "r10w", "r10d", "r10"),
  R11(11, "r11b", "r11w", "r11d", "r11"),
  R12(12, "r12b", "r12w", "r12d", "r12"),
  R13(13, "r13b", "r13w", "r13d", "r13"),
  R14(14, "r14b", "r14w", "r14d", "r14"),
  R15(15, "r15b", "r15w", "r15d", "r15");

  private final int number;
  private final String name8;
  private final String name16;
  private final String name32;
  private final String name64;

  Reg(int number, String name8, String name16, String name32, String name64) {
    this.number = number;
    this.name8 = name8;
    this.name16 = name16;
    this.name32 = name32;
    this.name64 = name64;
  }

  /** Returns the number by which the hardware knows this register, 0 to 15. */
  public int number() {
    return number;
  }

  /**
   * Returns the name of this register's low bits: {@code al}, {@code ax}, {@code eax} or {@code
   * rax}.
   *
   * @param bits 8, 16, 32 or 64
   * @throws IllegalArgumentException for any other number of bits
   */
  public String name(int bits) {
    return switch (bits) {
      case 8 -> name8;
      case 16 -> name16;
      case 32 -> name32;
      case 64 -> name64;
      default ->
          throw new IllegalArgumentException(
              "a register has a name for 8, 16, 32 or 64 bits, not for " + bits);
    };
  }

  /** Returns the name of the whole register. */
  @Override
  public String toString() {
    return name64;
  }
}
