package io.github.rseq4j.internal.compile.a64;

import io.github.rseq4j.internal.asm.WordFormat;

/** A 128-bit vector register, in the order of the hardware's numbers. */
public enum Vec implements WordFormat.Numbered {
  V0(0),
  V1(1),
  V2(2),
  V3(3),
  V4(4),
  V5(5),
  V6(6),
  V7(7),
  V8(8),
  V9(9),
  V10(10),
  V11(11),
  V12(12),
  V13(13),
  V14(14),
  V15(15),
  V16(16),
  V17(17),
  V18(18),
  V19(19),
  V20(20),
  V21(21),
  V22(22),
  V23(23),
  V24(24),
  V25(25),
  V26(26),
  V27(27),
  V28(28),
  V29(29),
  V30(30),
  V31(31);

  private final int number;

  Vec(int number) {
    this.number = number;
  }

  /** Returns the number by which the hardware knows this register, 0 to 31. */
  @Override
  public int number() {
    return number;
  }

  /**
   * Returns the name of this register's low bits: {@code d0} or {@code q0}.
   *
   * @param bits 64 or 128
   * @throws IllegalArgumentException for any other number of bits
   */
  public String name(int bits) {
    return switch (bits) {
      case 64 -> "d" + number;
      case 128 -> "q" + number;
      default ->
          throw new IllegalArgumentException(
              "a vector register has a name for 64 or 128 bits, not for " + bits);
    };
  }

  @Override
  public String toString() {
    return "v" + number;
  }
}
