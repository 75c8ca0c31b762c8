package io.github.rseq4j.benchmarks.report;

import java.util.List;
import java.util.Optional;

/**
 * The points of one contender.
 *
 * @param contender its name for readers
 * @param ours whether it is of this library
 * @param points in the order of the axis
 */
public record Series(String contender, boolean ours, List<Point> points) {
  /** Copies the list. */
  public Series {
    points = List.copyOf(points);
  }

  /** Returns the point at a value on the axis, if it was measured there. */
  public Optional<Point> at(String x) {
    return points.stream().filter(point -> point.x().equals(x)).findFirst();
  }
}
