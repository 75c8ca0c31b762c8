package io.github.rseq4j.benchmarks.report;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What was measured of one contender under one condition.
 *
 * @param x the condition: the value on the axis
 * @param rounds the values of each round, all positive, in which all contenders were run one after
 *     another
 * @param allocated the bytes allocated per operation in each round; empty if not measured
 */
public record Point(String x, List<List<Double>> rounds, List<Double> allocated) {
  /** Copies the lists. */
  public Point {
    rounds = rounds.stream().map(List::copyOf).toList();
    allocated = List.copyOf(allocated);
    if (rounds.isEmpty() || rounds.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("%s: a round has no values".formatted(x));
    }
    rounds.stream().flatMap(List::stream).forEach(Point::requirePositive);
  }

  private static void requirePositive(double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException("%s is not a positive number".formatted(value));
    }
  }

  /** Returns the median and the spread of all values. */
  public Summary summary() {
    return Summary.of(rounds.stream().flatMap(List::stream).toList());
  }

  /**
   * Returns the median and the spread of the ratios to another contender's point: those of every
   * value to each of the other's from the same round, since times drift from round to round.
   */
  public Summary ratioTo(Point other) {
    return Summary.of(
        IntStream.range(0, Math.min(rounds.size(), other.rounds.size()))
            .boxed()
            .flatMap(
                round ->
                    rounds.get(round).stream()
                        .flatMap(
                            value ->
                                other.rounds.get(round).stream().map(against -> value / against)))
            .toList());
  }
}
