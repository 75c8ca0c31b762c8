package io.github.rseq4j.benchmarks.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The points of one contender.
 *
 * @param contender its name for readers
 * @param role what it is in the comparison
 * @param points in the order of the axis
 */
public record Series(String contender, Role role, List<Point> points) {
  /** Copies the list. */
  public Series {
    points = List.copyOf(points);
  }

  /** Returns the point at a value on the axis, if it was measured there. */
  public Optional<Point> at(String x) {
    return points.stream().filter(point -> point.x().equals(x)).findFirst();
  }

  /** Returns this with the points of another of the same contender. */
  public Series and(Series more) {
    return new Series(
        contender, role, Stream.concat(points.stream(), more.points.stream()).toList());
  }
}
