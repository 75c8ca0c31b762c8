package io.github.rseq4j.benchmarks;

import java.util.Random;
import java.util.stream.LongStream;

/** Times as services have them: lognormal, about 50 ms; the same in each run. */
final class Times {
  private static final int COUNT = 1024;
  private static final double MEDIAN = 50e6;
  private static final long[] TIMES = draw();

  private Times() {}

  private static long[] draw() {
    Random random = new Random(COUNT);
    return LongStream.generate(() -> (long) (MEDIAN * Math.exp(random.nextGaussian())))
        .map(time -> Math.clamp(time, TimeHistogram.LOWEST, TimeHistogram.HIGHEST))
        .limit(COUNT)
        .toArray();
  }

  /** Returns the time of a number, in nanoseconds. */
  static long at(int number) {
    return TIMES[number & (COUNT - 1)];
  }
}
