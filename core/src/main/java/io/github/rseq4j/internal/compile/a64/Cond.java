package io.github.rseq4j.internal.compile.a64;

import io.github.rseq4j.internal.asm.WordFormat;
import java.util.Locale;

/** What the flags have to say for a jump or a choice, in the order of the hardware's numbers. */
public enum Cond implements WordFormat.Numbered {
  /** Equal. */
  EQ(0),
  /** Not equal. */
  NE(1),
  /** Carry set: unsigned higher or same. */
  CS(2),
  /** Carry clear: unsigned lower. */
  CC(3),
  /** Minus: negative. */
  MI(4),
  /** Plus: not negative. */
  PL(5),
  /** Overflow set. */
  VS(6),
  /** Overflow clear. */
  VC(7),
  /** Unsigned higher. */
  HI(8),
  /** Unsigned lower or same. */
  LS(9),
  /** Signed greater or equal. */
  GE(10),
  /** Signed less. */
  LT(11),
  /** Signed greater. */
  GT(12),
  /** Signed less or equal. */
  LE(13),
  /** Always. */
  AL(14),
  /** Always, too. */
  NV(15);

  private final int number;

  Cond(int number) {
    this.number = number;
  }

  /** Returns the number by which the hardware knows this condition, 0 to 15. */
  @Override
  public int number() {
    return number;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
