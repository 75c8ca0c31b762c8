package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.percpu.PerCpuHistogram.OutOfRange;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Twelve threads, half of them virtual, record into one histogram, and each into one of
 * HdrHistogram of its own, while two threads take snapshots and intervals, and all are kept moving
 * between CPUs and interrupted by signals.
 *
 * <p>Invariants: counts, sum, extremes and clamped values are in the end what the threads have
 * recorded; the intervals make up the whole; and whatever a snapshot counts, its sum and extremes
 * cover, and the snapshots after it count.
 */
class HistogramStressTest {
  private static final int THREADS = 12;
  private static final long HIGHEST = 1L << 30;
  private static final int DIGITS = 2;
  private static final long SECONDS = Long.getLong("rseq4j.stressSeconds", 3);

  private final PerCpuHistogram histogram =
      PerCpuHistogram.ofRange(1, HIGHEST, DIGITS, OutOfRange.CLAMP);
  private final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);

  /** What was recorded, by HdrHistogram's account, and what that leaves out. */
  private record Recorded(Histogram counts, long sum, long clamped) {
    static final Recorded NONE = new Recorded(new Histogram(1, HIGHEST, DIGITS), 0, 0);

    Recorded plus(Recorded other) {
      Histogram both = counts.copy();
      both.add(other.counts);
      return new Recorded(both, sum + other.sum, clamped + other.clamped);
    }
  }

  private boolean timeIsUp() {
    return System.nanoTime() - deadline >= 0;
  }

  private Recorded write(int id) {
    SplittableRandom random = new SplittableRandom(id);
    Histogram counts = new Histogram(1, HIGHEST, DIGITS);
    long sum = 0;
    long clamped = 0;
    do {
      for (int i = 0; i < 100; i++) {
        long value = (random.nextLong() >> 32) >> random.nextInt(32);
        long recorded = Math.clamp(value, 0, HIGHEST);
        histogram.record(value);
        counts.recordValue(recorded);
        sum += recorded;
        clamped += recorded == value ? 0 : 1;
      }
    } while (!timeIsUp());
    return new Recorded(counts, sum, clamped);
  }

  private HistogramSnapshot takeIntervals() {
    HistogramSnapshot all = histogram.intervalSnapshot();
    while (!timeIsUp()) {
      HistogramSnapshot interval = histogram.intervalSnapshot();
      if (interval.count() > 0) {
        assertThat(interval.min()).isBetween(0L, interval.max());
      }
      all = all.merge(interval);
    }
    return all;
  }

  private long takeSnapshots() {
    HistogramSnapshot last = histogram.snapshot();
    long many = 0;
    for (; !timeIsUp(); many++) {
      HistogramSnapshot next = histogram.snapshot();
      long covered = 0;
      for (int bucket = 0; bucket < next.buckets(); bucket++) {
        assertThat(next.countIn(bucket)).isGreaterThanOrEqualTo(last.countIn(bucket));
        covered += next.countIn(bucket) * next.lowestOf(bucket);
      }
      assertThat(next.sum()).as("sum").isGreaterThanOrEqualTo(covered);
      assertThat(next.max()).as("max").isGreaterThanOrEqualTo(last.max());
      if (last.count() > 0) {
        assertThat(next.min()).as("min").isLessThanOrEqualTo(last.min());
      }
      last = next;
    }
    return many;
  }

  private static <T> FutureTask<T> start(Thread.Builder builder, Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    builder.start(future);
    return future;
  }

  @Test
  @Timeout(120)
  void staysExactUnderMigrationAndSignals() throws Exception {
    long restarts = Rseq.restarts();
    Recorded recorded = Recorded.NONE;
    HistogramSnapshot intervals;
    long snapshots;
    try (Disturber _ = new Disturber()) {
      List<FutureTask<Recorded>> writers = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int id = t;
        Thread.Builder builder = id % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
        writers.add(start(builder, () -> write(id)));
      }
      FutureTask<HistogramSnapshot> taker = start(Thread.ofPlatform(), this::takeIntervals);
      FutureTask<Long> looker = start(Thread.ofPlatform(), this::takeSnapshots);
      for (FutureTask<Recorded> writer : writers) {
        recorded = recorded.plus(writer.get());
      }
      intervals = taker.get().merge(histogram.intervalSnapshot());
      snapshots = looker.get();
    }
    HistogramSnapshot whole = histogram.snapshot();
    assertExact(whole, recorded);
    assertThat(intervals).usingRecursiveComparison().ignoringFields("min", "max").isEqualTo(whole);
    System.out.printf(
        "histogram stress: %d values, %d snapshots, %d restarts%n",
        whole.count(), snapshots, Rseq.restarts() - restarts);
    if (Rseq.availability().active()) {
      assertThat(Rseq.restarts() - restarts).as("restarts").isPositive();
    }
  }

  private static void assertExact(HistogramSnapshot whole, Recorded recorded) {
    assertThat(whole.count()).isEqualTo(recorded.counts.getTotalCount()).isPositive();
    for (int bucket = 0; bucket < whole.buckets(); bucket++) {
      assertThat(whole.countIn(bucket))
          .as("bucket %d", bucket)
          .isEqualTo(recorded.counts.getCountAtValue(whole.lowestOf(bucket)));
    }
    assertThat(whole.sum()).isEqualTo(recorded.sum);
    assertThat(whole.clamped()).isEqualTo(recorded.clamped).isPositive();
    assertThat(whole.highestOf(whole.bucketOf(whole.max())))
        .isEqualTo(recorded.counts.getMaxValue());
    assertThat(whole.min()).isZero();
  }
}
