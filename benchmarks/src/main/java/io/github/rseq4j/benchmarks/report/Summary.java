package io.github.rseq4j.benchmarks.report;

import java.util.Collection;
import org.openjdk.jmh.util.ListStatistics;

/**
 * Some values in short: their median, and between what eight in ten of them are.
 *
 * @param low the 10th percentile; of fewer than ten values, the least
 * @param median the 50th percentile
 * @param high the 90th percentile; of fewer than ten values, the greatest
 */
public record Summary(double low, double median, double high) {
  private static final double LOW = 10;
  private static final double MEDIAN = 50;
  private static final double HIGH = 90;

  /** Returns that of at least one value. */
  public static Summary of(Collection<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("there is no value to summarize");
    }
    ListStatistics all =
        new ListStatistics(values.stream().mapToDouble(Double::doubleValue).toArray());
    return new Summary(all.getPercentile(LOW), all.getPercentile(MEDIAN), all.getPercentile(HIGH));
  }

  /** Returns the median, and the spread in brackets. */
  @Override
  public String toString() {
    return "%s (%s)".formatted(Figures.of(median), spread());
  }

  /** Returns the spread: one figure if both ends look the same. */
  public String spread() {
    String from = Figures.of(low);
    String to = Figures.of(high);
    return from.equals(to) ? from : from + "–" + to;
  }
}
