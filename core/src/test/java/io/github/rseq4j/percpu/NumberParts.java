package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** The structures that add up numbers. */
final class NumberParts {
  private NumberParts() {}

  static List<StressPart> all(int threads) {
    return List.of(
        new Adder(threads),
        new Doubles(threads),
        new Counters(threads),
        new Largest(threads),
        new Histogram(threads));
  }

  /** Invariant: what was taken away and what is left is what was added. */
  private static final class Adder implements StressPart {
    private final PerCpuLongAdder adder = new PerCpuLongAdder();
    private final long[] added;
    private long taken;

    Adder(int threads) {
      added = new long[threads];
    }

    @Override
    public void use(int thread, int round) {
      long x = (long) thread << Integer.SIZE | round;
      adder.add(x);
      added[thread] += x;
    }

    @Override
    public void look() {
      taken += adder.sumThenReset();
    }

    @Override
    public void check() {
      assertThat(taken + adder.sum()).isEqualTo(LongStream.of(added).sum());
    }
  }

  /** Invariant: what was taken away and what is left is what was added: whole numbers. */
  private static final class Doubles implements StressPart {
    private final PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
    private final long[] added;
    private double taken;

    Doubles(int threads) {
      added = new long[threads];
    }

    @Override
    public void use(int thread, int round) {
      int x = (thread + round) % 1000 - 300;
      adder.add(x);
      added[thread] += x;
    }

    @Override
    public void look() {
      taken += adder.sumThenReset();
    }

    @Override
    public void check() {
      assertThat(taken + adder.sum()).isEqualTo((double) LongStream.of(added).sum());
    }
  }

  /** Invariant: each counter is what was added to it. */
  private static final class Counters implements StressPart {
    private static final int SIZE = 16;

    private final PerCpuCounters counters = new PerCpuCounters(SIZE);
    private final long[][] added;

    Counters(int threads) {
      added = new long[threads][SIZE];
    }

    @Override
    public void use(int thread, int round) {
      int id = (thread + round) % SIZE;
      counters.add(id, thread - round);
      added[thread][id] += thread - round;
    }

    @Override
    public void check() {
      for (int id = 0; id < SIZE; id++) {
        long expected = 0;
        for (long[] ofThread : added) {
          expected += ofThread[id];
        }
        assertThat(counters.sum(id)).as("counter %d", id).isEqualTo(expected);
      }
    }
  }

  /** Invariant: the largest of what was taken away and what is left is the largest value. */
  private static final class Largest implements StressPart {
    private final PerCpuLongAccumulator largest = PerCpuLongAccumulator.max();
    private final long[] largestOfThread;
    private long taken = Long.MIN_VALUE;

    Largest(int threads) {
      largestOfThread = new long[threads];
      Arrays.fill(largestOfThread, Long.MIN_VALUE);
    }

    @Override
    public void use(int thread, int round) {
      long x = (thread * 31L + round) * 0x9E3779B97F4A7C15L;
      largest.accumulate(x);
      largestOfThread[thread] = Math.max(largestOfThread[thread], x);
    }

    @Override
    public void look() {
      taken = Math.max(taken, largest.getThenReset());
    }

    @Override
    public void check() {
      assertThat(Math.max(taken, largest.get()))
          .isEqualTo(LongStream.of(largestOfThread).max().orElseThrow());
    }
  }

  /** Invariant: the intervals have every value once, and so has the whole. */
  private static final class Histogram implements StressPart {
    private static final int VALUES = 100_000;

    private final PerCpuHistogram histogram = PerCpuHistogram.ofRange(1, VALUES, 2);
    private final long[] recorded;
    private final long[] added;
    private long count;
    private long sum;

    Histogram(int threads) {
      recorded = new long[threads];
      added = new long[threads];
    }

    @Override
    public void use(int thread, int round) {
      int value = (thread * 31 + round % VALUES * 7) % VALUES;
      histogram.record(value);
      recorded[thread]++;
      added[thread] += value;
    }

    @Override
    public void look() {
      HistogramSnapshot interval = histogram.intervalSnapshot();
      count += interval.count();
      sum += interval.sum();
    }

    @Override
    public void check() {
      HistogramSnapshot all = histogram.snapshot();
      assertThat(count).isEqualTo(all.count()).isEqualTo(LongStream.of(recorded).sum());
      assertThat(sum).isEqualTo(all.sum()).isEqualTo(LongStream.of(added).sum());
    }
  }
}
