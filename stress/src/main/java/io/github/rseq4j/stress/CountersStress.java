package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuCounters;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** {@link PerCpuCounters}: every addition is in its own counter, exactly once. */
public final class CountersStress {
  private CountersStress() {}

  /** Two threads add to one counter, beside another that nobody touches. */
  @JCStressTest
  @State
  @Outcome(id = "3, 0", expect = Expect.ACCEPTABLE, desc = "Both additions are in their counter.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "An addition was lost, doubled or misplaced.")
  public static class SameCounter {
    private final PerCpuCounters counters = new PerCpuCounters(2);

    /** Adds 1. */
    @Actor
    public void add1() {
      counters.add(0, 1);
    }

    /** Adds 2. */
    @Actor
    public void add2() {
      counters.add(0, 2);
    }

    /** Sums up both counters. */
    @Arbiter
    public void sum(JJ_Result result) {
      result.r1 = counters.sum(0);
      result.r2 = counters.sum(1);
    }
  }

  /** Two threads add to counters that are next to each other. */
  @JCStressTest
  @State
  @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "Each addition is in its counter.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "An addition was lost, doubled or misplaced.")
  public static class DifferentCounters {
    private final PerCpuCounters counters = new PerCpuCounters(2);

    /** Adds 1 to the first. */
    @Actor
    public void add1() {
      counters.add(0, 1);
    }

    /** Adds 2 to the second. */
    @Actor
    public void add2() {
      counters.add(1, 2);
    }

    /** Sums up both counters. */
    @Arbiter
    public void sum(JJ_Result result) {
      result.r1 = counters.sum(0);
      result.r2 = counters.sum(1);
    }
  }
}
