package io.github.rseq4j.internal.compile.rv64;

import io.github.rseq4j.internal.asm.WordFormat;
import java.util.Locale;

/** A floating-point register that a function may change, by its name in the calling convention. */
public enum FloatReg implements WordFormat.Numbered {
  FT0(0),
  FT1(1),
  FT2(2),
  FT3(3),
  FT4(4),
  FT5(5),
  FT6(6),
  FT7(7),
  FT8(28),
  FT9(29),
  FT10(30),
  FT11(31);

  private final int number;

  FloatReg(int number) {
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
