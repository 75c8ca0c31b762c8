package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuHistogram;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJJ_Result;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * {@link PerCpuHistogram}: every value is counted exactly once, and what is counted is in the sum
 * and between the extremes.
 */
public final class HistogramStress {
  private HistogramStress() {}

  /** Two threads record; both values are there afterwards. */
  @JCStressTest
  @State
  @Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "Both are counted, and in the sum.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A value was lost or recorded twice.")
  public static class TwoRecords {
    private final HistogramProbe probe = HistogramProbe.take();

    /** Records. */
    @Actor
    public void record1() {
      probe.record();
    }

    /** Records. */
    @Actor
    public void record2() {
      probe.record();
    }

    /** Looks at what both have recorded. */
    @Arbiter
    public void look(JJ_Result result) {
      HistogramProbe.Interval last = probe.lastInterval();
      result.r1 = last.count();
      result.r2 = last.sum();
    }
  }

  /** One thread records while another takes a snapshot. */
  @JCStressTest
  @State
  @Outcome(id = "0, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The value came later.")
  @Outcome(id = "0, 1, 1, 0", expect = Expect.ACCEPTABLE, desc = "It was in the sum so far.")
  @Outcome(id = "1, 1, 0, 0", expect = Expect.ACCEPTABLE, desc = "It was there completely.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "It was counted, but not in the sum or extremes.")
  public static class RecordAgainstSnapshot {
    private final HistogramProbe probe = HistogramProbe.take();

    /** Records. */
    @Actor
    public void record() {
      probe.record();
    }

    /** Takes a snapshot. */
    @Actor
    public void look(JJJJ_Result result) {
      HistogramProbe.Interval interval = probe.interval();
      result.r1 = interval.count();
      result.r2 = interval.sum();
    }

    /** Looks at what is left. */
    @Arbiter
    public void rest(JJJJ_Result result) {
      HistogramProbe.Interval last = probe.lastInterval();
      result.r3 = last.count();
      result.r4 = last.sum();
    }
  }

  /** One thread records while another ends two intervals. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "The value came before both.")
  @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "The value came in between.")
  @Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "The value came after both.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The value is not in exactly one interval.")
  public static class RecordAgainstIntervals {
    private final HistogramProbe probe = HistogramProbe.take();

    /** Records. */
    @Actor
    public void record() {
      probe.record();
    }

    /** Ends two intervals. */
    @Actor
    public void look(JJJ_Result result) {
      result.r1 = probe.interval().count();
      result.r2 = probe.interval().count();
    }

    /** Counts what is left. */
    @Arbiter
    public void rest(JJJ_Result result) {
      result.r3 = probe.lastInterval().count();
    }
  }
}
