package io.github.rseq4j.internal.compile.x64;

import io.github.rseq4j.internal.asm.Operand;

/** A 128-bit vector register, in the order of the hardware's numbers. */
public enum Xmm implements Operand {
  XMM0(0),
  XMM1(1),
  XMM2(2),
  XMM3(3),
  XMM4(4),
  XMM5(5),
  XMM6(6),
  XMM7(7),
  XMM8(8),
  XMM9(9),
  XMM10(10),
  XMM11(11),
  XMM12(12),
  XMM13(13),
  XMM14(14),
  XMM15(15);

  private final int number;

  Xmm(int number) {
    this.number = number;
  }

  /** Returns the number by which the hardware knows this register, 0 to 15. */
  public int number() {
    return number;
  }

  @Override
  public String toString() {
    return "xmm" + number;
  }
}
