package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.HistogramSnapshot;
import io.github.rseq4j.percpu.PerCpuHistogram;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A histogram of one bucket, which other tests have used before: what it says of an interval is
 * told in units of the one value that a test records, which is larger than all before.
 */
final class HistogramProbe {
  /** What an interval has for its sum if its extremes do not cover what it counts. */
  static final long NOT_COVERED = -1;

  /** Histograms that are idle: tests run millions of times, and each histogram is mapped memory. */
  private static final Queue<HistogramProbe> IDLE = new ConcurrentLinkedQueue<>();

  private final PerCpuHistogram histogram = PerCpuHistogram.ofBounds();
  private long value;

  /**
   * What was recorded in an interval.
   *
   * @param count how many values
   * @param sum their sum in units of the value, or {@link #NOT_COVERED}
   */
  record Interval(long count, long sum) {}

  private HistogramProbe() {}

  /** Returns a probe that no other test uses. */
  static HistogramProbe take() {
    HistogramProbe idle = IDLE.poll();
    HistogramProbe probe = idle == null ? new HistogramProbe() : idle;
    probe.value++;
    return probe;
  }

  /** Records the value. */
  void record() {
    histogram.record(value);
  }

  /** Ends an interval. */
  Interval interval() {
    HistogramSnapshot interval = histogram.intervalSnapshot();
    boolean covered = interval.count() == 0 || interval.max() == value;
    return new Interval(interval.count(), covered ? interval.sum() / value : NOT_COVERED);
  }

  /** Ends the last interval, and lets another test have the histogram; this one is done with it. */
  Interval lastInterval() {
    Interval last = interval();
    IDLE.add(this);
    return last;
  }
}
