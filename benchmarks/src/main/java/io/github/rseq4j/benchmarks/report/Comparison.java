package io.github.rseq4j.benchmarks.report;

import java.util.List;

/**
 * Contenders that were measured in turn.
 *
 * @param subject what they are compared in
 * @param series one for each
 */
public record Comparison(Subject subject, List<Series> series) {
  /** Copies the list. */
  public Comparison {
    series = List.copyOf(series);
  }

  /** Returns the values on the axis, in the order in which they were measured. */
  public List<String> axis() {
    return series.stream()
        .flatMap(each -> each.points().stream())
        .map(Point::x)
        .distinct()
        .toList();
  }

  /** Returns the contenders of this library. */
  public List<Series> ours() {
    return series.stream().filter(each -> each.role() == Role.OURS).toList();
  }

  /** Returns those that ours are held against. */
  public List<Series> rivals() {
    return series.stream().filter(each -> each.role() == Role.RIVAL).toList();
  }
}
