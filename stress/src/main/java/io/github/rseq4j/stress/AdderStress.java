package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuLongAdder;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** {@link PerCpuLongAdder}: every addition is counted exactly once. */
public final class AdderStress {
  private AdderStress() {}

  /** Two threads add; the sum afterwards has both. */
  @JCStressTest
  @State
  @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "Both additions are in the sum.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "An addition was lost or counted twice.")
  public static class TwoAdds {
    private final PerCpuLongAdder adder = new PerCpuLongAdder();

    /** Adds. */
    @Actor
    public void add1() {
      adder.increment();
    }

    /** Adds. */
    @Actor
    public void add2() {
      adder.add(1);
    }

    /** Sums up what both have added. */
    @Arbiter
    public void sum(J_Result result) {
      result.r1 = adder.sum();
    }
  }

  /** One thread adds while another takes the sum away twice. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "The addition came before both.")
  @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "The addition came in between.")
  @Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "The addition came after both.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The addition is not in exactly one result.")
  public static class AddAgainstReset {
    private final PerCpuLongAdder adder = new PerCpuLongAdder();

    /** Adds. */
    @Actor
    public void add() {
      adder.increment();
    }

    /** Takes the sum away twice. */
    @Actor
    public void reset(JJJ_Result result) {
      result.r1 = adder.sumThenReset();
      result.r2 = adder.sumThenReset();
    }

    /** Sums up what is left. */
    @Arbiter
    public void sum(JJJ_Result result) {
      result.r3 = adder.sum();
    }
  }

  /** Two threads add and then take the sum away. */
  @JCStressTest
  @State
  @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "Each took one addition.")
  @Outcome(id = "2, 0, 0", expect = Expect.ACCEPTABLE, desc = "The first took both additions.")
  @Outcome(id = "0, 2, 0", expect = Expect.ACCEPTABLE, desc = "The second took both additions.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The additions are not in exactly one result each.")
  public static class TwoAddsAndResets {
    private final PerCpuLongAdder adder = new PerCpuLongAdder();

    /** Adds, and takes away what it finds. */
    @Actor
    public void reset1(JJJ_Result result) {
      adder.increment();
      result.r1 = adder.sumThenReset();
    }

    /** Adds, and takes away what it finds. */
    @Actor
    public void reset2(JJJ_Result result) {
      adder.increment();
      result.r2 = adder.sumThenReset();
    }

    /** Sums up what is left. */
    @Arbiter
    public void sum(JJJ_Result result) {
      result.r3 = adder.sum();
    }
  }
}
