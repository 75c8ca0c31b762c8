package io.github.rseq4j.internal.compile.a64;

import io.github.rseq4j.internal.asm.WordFormat;

/**
 * A general-purpose register, in the order of the hardware's numbers. Number 31 is the stack
 * pointer in some places of instructions and zero in the others, never both.
 */
public enum Reg implements WordFormat.Numbered {
  X0(0),
  X1(1),
  X2(2),
  X3(3),
  X4(4),
  X5(5),
  X6(6),
  X7(7),
  X8(8),
  X9(9),
  X10(10),
  X11(11),
  X12(12),
  X13(13),
  X14(14),
  X15(15),
  X16(16),
  X17(17),
  X18(18),
  X19(19),
  X20(20),
  X21(21),
  X22(22),
  X23(23),
  X24(24),
  X25(25),
  X26(26),
  X27(27),
  X28(28),
  X29(29),
  X30(30),
  SP(31, "wsp", "sp"),
  XZR(31, "wzr", "xzr");

  private final int number;
  private final String name32;
  private final String name64;

  Reg(int number) {
    this(number, "w" + number, "x" + number);
  }

  Reg(int number, String name32, String name64) {
    this.number = number;
    this.name32 = name32;
    this.name64 = name64;
  }

  /** Returns the number by which the hardware knows this register, 0 to 31. */
  @Override
  public int number() {
    return number;
  }

  /**
   * Returns the name of this register's low bits: {@code w0} or {@code x0}.
   *
   * @param bits 32 or 64
   * @throws IllegalArgumentException for any other number of bits
   */
  public String name(int bits) {
    return switch (bits) {
      case 32 -> name32;
      case 64 -> name64;
      default ->
          throw new IllegalArgumentException(
              "a register has a name for 32 or 64 bits, not for " + bits);
    };
  }

  /** Returns the name of the whole register. */
  @Override
  public String toString() {
    return name64;
  }
}
