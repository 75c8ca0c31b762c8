package io.github.rseq4j.cli;

import java.util.Locale;

/** How numbers look in the output: the same in every locale. */
final class Figures {
  private Figures() {}

  /** Returns a whole number in groups of three digits. */
  static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Returns a number with so many digits after the point. */
  static String rounded(double number, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", number);
  }
}
