package io.github.rseq4j.internal.compile.rv64;

import io.github.rseq4j.internal.asm.WordFormat;
import java.util.Locale;

/**
 * A general-purpose register, in the order of the hardware's numbers, by its name in the calling
 * convention.
 */
public enum Reg implements WordFormat.Numbered {
  ZERO(0),
  RA(1),
  SP(2),
  GP(3),
  TP(4),
  T0(5),
  T1(6),
  T2(7),
  S0(8),
  S1(9),
  A0(10),
  A1(11),
  A2(12),
  A3(13),
  A4(14),
  A5(15),
  A6(16),
  A7(17),
  S2(18),
  S3(19),
  S4(20),
  S5(21),
  S6(22),
  S7(23),
  S8(24),
  S9(25),
  S10(26),
  S11(27),
  T3(28),
  T4(29),
  T5(30),
  T6(31);

  private final int number;

  Reg(int number) {
    this.number = number;
  }

  /** Returns the number by which the hardware knows this register, 0 to 31. */
  @Override
  public int number() {
    return number;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
