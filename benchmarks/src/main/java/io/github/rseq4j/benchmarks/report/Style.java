package io.github.rseq4j.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How a contender looks, in its plot and in the table beside it.
 *
 * @param series the contender
 * @param number what its line ends with, and its row begins with
 * @param name the class that gives it its colour
 */
record Style(Series series, int number, String name) {
  /** How many colours there are for those that are not ours. */
  private static final int COLOURS = 10;

  /** Returns those of a comparison: ours first, then the others, the fastest first. */
  static List<Style> of(Comparison comparison) {
    List<Style> styles = new ArrayList<>();
    for (Series each : comparison.ours()) {
      styles.add(new Style(each, styles.size() + 1, styles.isEmpty() ? "ours" : "ours second"));
    }
    comparison.series().stream()
        .filter(each -> each.role() != Role.OURS)
        .sorted(Comparator.comparingDouble(each -> each.points().getLast().summary().median()))
        .forEach(
            each -> {
              int rival = styles.size() - comparison.ours().size();
              styles.add(new Style(each, styles.size() + 1, "c" + rival % COLOURS));
            });
    return styles;
  }
}
