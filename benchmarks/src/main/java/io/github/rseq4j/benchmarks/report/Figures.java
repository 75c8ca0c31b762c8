package io.github.rseq4j.benchmarks.report;

import java.util.Locale;

/** How numbers look: three digits that count, the same in every locale. */
final class Figures {
  private static final double TENTHS = 9.995;
  private static final double UNITS = 99.95;
  private static final double THOUSANDTHS = 0.0995;

  private Figures() {}

  /** Returns a number that is not negative. */
  static String of(double number) {
    String format;
    if (number == 0) {
      format = "%.0f";
    } else if (number < THOUSANDTHS) {
      format = "%.3f";
    } else if (number < TENTHS) {
      format = "%.2f";
    } else {
      format = number < UNITS ? "%.1f" : "%,.0f";
    }
    return String.format(Locale.ROOT, format, number);
  }

  /** Returns a number for the label of an axis: without zeros at the end. */
  static String tick(double number) {
    if (number >= 1e6 && number % 1e5 == 0) {
      return trimmed(number / 1e6) + " M";
    }
    return number >= 1
        ? trimmed(number)
        : String.format(Locale.ROOT, "%.4f", number).replaceAll("\\.?0+$", "");
  }

  private static String trimmed(double number) {
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%,.0f", number)
        : String.format(Locale.ROOT, "%.1f", number);
  }
}
