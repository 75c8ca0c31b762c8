package io.github.rseq4j.benchmarks;

import java.time.Duration;
import java.util.List;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long things are measured.
 *
 * @param quick whether this is a first impression
 * @param rounds how many forks each benchmark is given
 * @param warmups how many iterations of each fork are not counted
 * @param iterations how many are
 * @param millis how long an iteration is
 * @param starts how many JVMs are started to learn how long that takes
 * @param threads the numbers of threads, unless others are asked for
 */
record Pace(
    boolean quick,
    int rounds,
    int warmups,
    int iterations,
    int millis,
    int starts,
    List<Integer> threads) {
  /** For figures that are to be trusted. */
  static final Pace FULL = new Pace(false, 3, 2, 3, 500, 20, List.of(1, 2, 4, 8));

  /** For a first impression of everything in less than ten minutes. */
  static final Pace QUICK = new Pace(true, 1, 2, 3, 250, 5, List.of(1, 2, 4));

  /** What a fork of JMH takes besides its iterations. */
  private static final Duration FORK = Duration.ofMillis(800);

  /** Returns how long a fork takes, about. */
  Duration fork() {
    return FORK.plusMillis((long) millis * (warmups + iterations));
  }

  /** Sets the iterations of one fork. */
  ChainedOptionsBuilder apply(ChainedOptionsBuilder options) {
    TimeValue time = TimeValue.milliseconds(millis);
    return options
        .forks(1)
        .warmupIterations(warmups)
        .warmupTime(time)
        .measurementIterations(iterations)
        .measurementTime(time);
  }

  /** Returns it for readers. */
  @Override
  public String toString() {
    return "%d round%s of one fork of each contender in turn; a fork has %d iterations to warm up and %d that count, %d ms each"
        .formatted(rounds, rounds == 1 ? "" : "s", warmups, iterations, millis);
  }
}
