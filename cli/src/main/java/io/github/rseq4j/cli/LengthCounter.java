package io.github.rseq4j.cli;

import io.github.rseq4j.percpu.HistogramSnapshot;
import io.github.rseq4j.percpu.PerCpuHistogram;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Counts how often each length of a record occurs: those of lines, of long ones piece by piece.
 *
 * <p>Each contender has the same loop to itself, as in {@link ByteCounter}.
 */
sealed interface LengthCounter {
  /** One more than the longest length. */
  int LENGTHS = Block.MAX_RECORD + 1;

  /** Counts the records of a block, which has been cut. */
  void count(Block block);

  /** Returns what has been counted. */
  LengthTally tally();

  /**
   * What has been counted.
   *
   * @param counts how often each length occurs
   * @param sum of all lengths
   * @param shortest the least length, 0 if there is none
   * @param longest the greatest length, 0 if there is none
   */
  record LengthTally(List<Long> counts, long sum, long shortest, long longest) {
    static LengthTally of(LongStream counts, long sum, long shortest, long longest) {
      return sum == 0
          ? new LengthTally(counts.boxed().toList(), 0, 0, 0)
          : new LengthTally(counts.boxed().toList(), sum, shortest, longest);
    }
  }

  /** Counts on the CPU that it runs on. */
  record PerCpu(PerCpuHistogram histogram) implements LengthCounter {
    /** Enough for a bucket for each length. */
    private static final int DIGITS = 3;

    PerCpu() {
      this(PerCpuHistogram.ofRange(1, Block.MAX_RECORD, DIGITS));
    }

    @Override
    public void count(Block block) {
      for (int i = 0; i < block.records(); i++) {
        histogram.record(block.end(i) - block.start(i));
      }
    }

    @Override
    public LengthTally tally() {
      HistogramSnapshot snapshot = histogram.snapshot();
      return LengthTally.of(
          IntStream.range(0, LENGTHS)
              .mapToLong(length -> snapshot.countIn(snapshot.bucketOf(length))),
          snapshot.sum(),
          snapshot.min(),
          snapshot.max());
    }
  }

  /** Counts in adders and accumulators that spread out as threads get into each other's way. */
  final class Striped implements LengthCounter {
    private final LongAdder[] counts = new LongAdder[LENGTHS];
    private final LongAdder sum = new LongAdder();
    private final LongAccumulator shortest = new LongAccumulator(Math::min, Long.MAX_VALUE);
    private final LongAccumulator longest = new LongAccumulator(Math::max, Long.MIN_VALUE);

    Striped() {
      Arrays.setAll(counts, _ -> new LongAdder());
    }

    @Override
    public void count(Block block) {
      for (int i = 0; i < block.records(); i++) {
        int length = block.end(i) - block.start(i);
        counts[length].increment();
        sum.add(length);
        shortest.accumulate(length);
        longest.accumulate(length);
      }
    }

    @Override
    public LengthTally tally() {
      return LengthTally.of(
          Stream.of(counts).mapToLong(LongAdder::sum), sum.sum(), shortest.get(), longest.get());
    }
  }

  /** Counts in plain memory: right for one thread only. */
  final class Plain implements LengthCounter {
    private final long[] counts = new long[LENGTHS];
    private long sum;
    private long shortest = Long.MAX_VALUE;
    private long longest;

    @Override
    public void count(Block block) {
      for (int i = 0; i < block.records(); i++) {
        int length = block.end(i) - block.start(i);
        counts[length]++;
        sum += length;
        shortest = Math.min(shortest, length);
        longest = Math.max(longest, length);
      }
    }

    @Override
    public LengthTally tally() {
      return LengthTally.of(LongStream.of(counts), sum, shortest, longest);
    }
  }
}
