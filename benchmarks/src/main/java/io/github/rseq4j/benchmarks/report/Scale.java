package io.github.rseq4j.benchmarks.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The scale of an axis: from 0 where values are close to one another, else logarithmic.
 *
 * @param from the value at 0
 * @param to the value at 1
 * @param logarithmic whether equal distances are equal ratios
 * @param ticks the values that are labelled
 */
record Scale(double from, double to, boolean logarithmic, List<Double> ticks) {
  /** Beyond this ratio, a linear axis would press what is small together. */
  private static final double WIDE = 12;

  private static final int MOST_TICKS = 6;
  private static final double[] STEPS = {1, 2, 5};
  private static final double TEN = 10;

  /** Returns one that holds all values, which are not negative. */
  static Scale of(Collection<Double> values) {
    double[] positive =
        values.stream().mapToDouble(Double::doubleValue).filter(each -> each > 0).toArray();
    if (positive.length == 0) {
      return linear(1);
    }
    double least = DoubleStream.of(positive).min().orElseThrow();
    double greatest = DoubleStream.of(positive).max().orElseThrow();
    return greatest / least > WIDE ? logarithmic(least, greatest) : linear(greatest);
  }

  /** Returns a logarithmic one from one value to another at least. */
  static Scale logarithmic(double least, double greatest) {
    List<Double> all = new ArrayList<>();
    int first = (int) Math.floor(Math.log10(least));
    int last = (int) Math.ceil(Math.log10(greatest));
    for (int decade = first; decade <= last; decade++) {
      for (double step : STEPS) {
        all.add(step * Math.pow(TEN, decade));
      }
    }
    double from = all.stream().filter(each -> each <= least).reduce(least, (_, each) -> each);
    double to = all.stream().filter(each -> each >= greatest).findFirst().orElse(greatest);
    List<Double> ticks = all.stream().filter(each -> each >= from && each <= to).toList();
    if (ticks.size() > MOST_TICKS) {
      ticks = ticks.stream().filter(Scale::isPowerOfTen).toList();
    }
    int every = Math.ceilDiv(ticks.size(), MOST_TICKS);
    List<Double> found = ticks;
    return new Scale(
        from,
        to,
        true,
        IntStream.range(0, found.size()).filter(i -> i % every == 0).mapToObj(found::get).toList());
  }

  private static boolean isPowerOfTen(double value) {
    double exponent = Math.log10(value);
    return Math.abs(exponent - Math.rint(exponent)) < 1e-6;
  }

  private static Scale linear(double greatest) {
    double magnitude = Math.pow(TEN, Math.floor(Math.log10(greatest / MOST_TICKS)));
    double step =
        DoubleStream.of(STEPS)
            .map(each -> each * magnitude)
            .filter(each -> greatest / each <= MOST_TICKS)
            .findFirst()
            .orElse(TEN * magnitude);
    int count = (int) Math.ceil(greatest / step);
    return new Scale(
        0, count * step, false, IntStream.rangeClosed(0, count).mapToObj(i -> i * step).toList());
  }

  /** Returns where a value is, from 0 to 1. */
  double at(double value) {
    double inside = Math.clamp(value, from, to);
    return logarithmic
        ? Math.log(inside / from) / Math.log(to / from)
        : (inside - from) / (to - from);
  }
}
