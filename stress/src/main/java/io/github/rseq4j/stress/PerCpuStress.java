package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpu;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** {@link PerCpu}: an object is used by one thread at a time, also by one that looks at all. */
public final class PerCpuStress {
  private PerCpuStress() {}

  /** Two threads use an object each, another looks at all. */
  @JCStressTest
  @State
  @Outcome(id = "0, 4", expect = Expect.ACCEPTABLE, desc = "It looked first.")
  @Outcome(id = "2, 4", expect = Expect.ACCEPTABLE, desc = "It looked after one of them.")
  @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "It looked last.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Two threads were at one object at a time.")
  public static class UseAgainstForEach {
    private final PerCpu<int[]> objects = PerCpu.withInitial(() -> new int[1]);

    private void addTwice() {
      try (PerCpu.Slot<int[]> slot = objects.checkout()) {
        slot.get()[0]++;
        slot.get()[0]++;
      }
    }

    private int sum() {
      int[] sum = new int[1];
      objects.forEach(object -> sum[0] += object[0]);
      return sum[0];
    }

    /** Adds. */
    @Actor
    public void add1() {
      addTwice();
    }

    /** Adds. */
    @Actor
    public void add2() {
      addTwice();
    }

    /** Sums up what is there. */
    @Actor
    public void look(II_Result result) {
      result.r1 = sum();
    }

    /** Sums up. */
    @Arbiter
    public void lookLast(II_Result result) {
      result.r2 = sum();
    }
  }
}
