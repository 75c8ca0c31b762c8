package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleToLongFunction;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What HdrHistogram's {@link Recorder} promises, held against itself and against ours. */
class HistogramContractTest {
  private static final long HIGHEST = 1L << 30;
  private static final int DIGITS = 2;

  /** What both can do. */
  record Recording(String name, LongConsumer recorder, Supplier<Interval> intervals) {
    static Recording of(Recorder recorder) {
      return new Recording(
          "Recorder",
          recorder::recordValue,
          () -> {
            Histogram interval = recorder.getIntervalHistogram();
            return new Interval(
                interval.getTotalCount(),
                interval.getMinValue(),
                interval.getMaxValue(),
                interval.getMean(),
                interval::getCountAtValue,
                interval::getValueAtPercentile);
          });
    }

    static Recording of(PerCpuHistogram histogram) {
      return new Recording(
          "PerCpuHistogram",
          histogram::record,
          () -> {
            HistogramSnapshot interval = histogram.intervalSnapshot();
            return new Interval(
                interval.count(),
                interval.count() == 0 ? 0 : interval.lowestOf(interval.bucketOf(interval.min())),
                interval.count() == 0 ? 0 : interval.highestOf(interval.bucketOf(interval.max())),
                interval.mean(),
                value -> interval.countIn(interval.bucketOf(value)),
                percentile -> interval.valueAtQuantile(percentile / 100));
          });
    }

    void record(long value) {
      recorder.accept(value);
    }

    Interval takeInterval() {
      return intervals.get();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** What was recorded in an interval; extremes are those of their buckets. */
  record Interval(
      long count,
      long min,
      long max,
      double mean,
      LongUnaryOperator counts,
      DoubleToLongFunction values) {
    long countAt(long value) {
      return counts.applyAsLong(value);
    }

    long valueAtPercentile(double percentile) {
      return values.applyAsLong(percentile);
    }
  }

  static Stream<Recording> recordings() {
    return Stream.of(
        Recording.of(new Recorder(1, HIGHEST, DIGITS)),
        Recording.of(PerCpuHistogram.ofRange(1, HIGHEST, DIGITS)));
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void intervalsHaveWhatWasRecordedInThem(Recording recording) {
    assertThat(recording.takeInterval().count()).isZero();
    for (long value = 1; value <= 100; value++) {
      recording.record(value);
    }
    Interval first = recording.takeInterval();
    assertThat(first.count()).isEqualTo(100);
    assertThat(first.countAt(42)).isEqualTo(1);
    assertThat(first.min()).isEqualTo(1);
    assertThat(first.max()).isEqualTo(100);
    assertThat(first.mean()).isEqualTo(50.5);
    assertThat(first.valueAtPercentile(50)).isEqualTo(50);
    assertThat(first.valueAtPercentile(99)).isEqualTo(99);
    assertThat(first.valueAtPercentile(100)).isEqualTo(100);
    recording.record(100_000);
    recording.record(100_003);
    Interval second = recording.takeInterval();
    assertThat(second.count()).isEqualTo(2);
    assertThat(second.countAt(42)).isZero();
    assertThat(second.countAt(100_001)).isEqualTo(2);
    assertThat(second.min()).isEqualTo(99_840);
    assertThat(second.max()).isEqualTo(100_351);
    assertThat(second.mean()).isCloseTo(100_001, within(256.0));
    assertThat(recording.takeInterval().count()).isZero();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void anEmptyIntervalIsZero(Recording recording) {
    recording.record(5);
    recording.takeInterval();
    Interval empty = recording.takeInterval();
    assertThat(empty.min()).isZero();
    assertThat(empty.max()).isZero();
    assertThat(empty.mean()).isZero();
    assertThat(empty.valueAtPercentile(99)).isZero();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void valuesBelowZeroAreRefused(Recording recording) {
    assertThatThrownBy(() -> recording.record(-1)).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> recording.record(Long.MAX_VALUE)).isInstanceOf(RuntimeException.class);
    assertThat(recording.takeInterval().count()).isZero();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void eachValueOfManyThreadsIsInExactlyOneInterval(Recording recording) throws Exception {
    int each = 20_000;
    int[] values = {0, 3, 1000, 1 << 20};
    List<Thread> writers = new ArrayList<>();
    for (int t = 0; t < 6; t++) {
      SplittableRandom random = new SplittableRandom(t);
      Runnable task =
          () -> {
            for (int i = 0; i < each; i++) {
              recording.record(values[random.nextInt(values.length)]);
            }
          };
      writers.add(t % 2 == 0 ? Thread.ofPlatform().start(task) : Thread.ofVirtual().start(task));
    }
    AtomicBoolean stop = new AtomicBoolean();
    long[] taken = new long[values.length];
    Thread taker =
        Thread.ofPlatform()
            .start(
                () -> {
                  boolean last;
                  do {
                    last = stop.get();
                    Interval interval = recording.takeInterval();
                    for (int i = 0; i < values.length; i++) {
                      taken[i] += interval.countAt(values[i]);
                    }
                  } while (!last);
                });
    for (Thread writer : writers) {
      writer.join();
    }
    stop.set(true);
    taker.join();
    long[] expected = new long[values.length];
    for (int t = 0; t < 6; t++) {
      SplittableRandom random = new SplittableRandom(t);
      for (int i = 0; i < each; i++) {
        expected[random.nextInt(values.length)]++;
      }
    }
    assertThat(taken).isEqualTo(expected);
  }
}
