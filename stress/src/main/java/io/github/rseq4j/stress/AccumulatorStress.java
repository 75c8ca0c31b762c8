package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuDoubleAdder;
import io.github.rseq4j.percpu.PerCpuLongAccumulator;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.DDD_Result;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * {@link PerCpuLongAccumulator} and {@link PerCpuDoubleAdder}: what was put in comes out once, and
 * no reader sees it again later.
 */
public final class AccumulatorStress {
  private AccumulatorStress() {}

  /** One thread sets a bit while another takes the bits away twice. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "The bit was set before both.")
  @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "The bit was set in between.")
  @Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "The bit was set after both.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The bit is not in exactly one result.")
  public static class OrAgainstReset {
    private final PerCpuLongAccumulator bits = PerCpuLongAccumulator.or();

    /** Sets the bit. */
    @Actor
    public void set() {
      bits.accumulate(1);
    }

    /** Takes the bits away twice. */
    @Actor
    public void reset(JJJ_Result result) {
      result.r1 = bits.getThenReset();
      result.r2 = bits.getThenReset();
    }

    /** Gets what is left. */
    @Arbiter
    public void get(JJJ_Result result) {
      result.r3 = bits.get();
    }
  }

  /** One thread adds twice while another takes the sum away twice. */
  @JCStressTest
  @State
  @Outcome(id = "3.0, 0.0, 0.0", expect = Expect.ACCEPTABLE, desc = "Both came before.")
  @Outcome(id = "0.0, 3.0, 0.0", expect = Expect.ACCEPTABLE, desc = "Both came in between.")
  @Outcome(id = "0.0, 0.0, 3.0", expect = Expect.ACCEPTABLE, desc = "Both came after.")
  @Outcome(id = "1.0, 2.0, 0.0", expect = Expect.ACCEPTABLE, desc = "One before, one in between.")
  @Outcome(id = "1.0, 0.0, 2.0", expect = Expect.ACCEPTABLE, desc = "One before, one after.")
  @Outcome(id = "0.0, 1.0, 2.0", expect = Expect.ACCEPTABLE, desc = "One in between, one after.")
  @Outcome(
      id = {"2.0, 1.0, 0.0", "2.0, 0.0, 1.0", "0.0, 2.0, 1.0"},
      expect = Expect.ACCEPTABLE_INTERESTING,
      desc = "The thread moved: the CPU it came from was looked at before, the other one after.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "An addition is not in exactly one result.")
  public static class AddsAgainstReset {
    private final PerCpuDoubleAdder adder = new PerCpuDoubleAdder();

    /** Adds twice. */
    @Actor
    public void add() {
      adder.add(1);
      adder.add(2);
    }

    /** Takes the sum away twice. */
    @Actor
    public void reset(DDD_Result result) {
      result.r1 = adder.sumThenReset();
      result.r2 = adder.sumThenReset();
    }

    /** Sums up what is left. */
    @Arbiter
    public void sum(DDD_Result result) {
      result.r3 = adder.sum();
    }
  }

  /** One thread gets the maximum twice while another takes it away. */
  @JCStressTest
  @State
  @Outcome(id = "7, 7", expect = Expect.ACCEPTABLE, desc = "The reset came after both.")
  @Outcome(id = "7, 0", expect = Expect.ACCEPTABLE, desc = "The reset came in between.")
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The reset came before both.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A maximum came back, or one that never was.")
  public static class GetAgainstReset {
    private final PerCpuLongAccumulator max = PerCpuLongAccumulator.max();

    /** Starts with a maximum. */
    public GetAgainstReset() {
      max.accumulate(7);
    }

    /** Takes it away. */
    @Actor
    public void reset() {
      max.reset();
    }

    /** Gets it twice. */
    @Actor
    public void get(JJ_Result result) {
      result.r1 = Math.max(max.get(), 0);
      result.r2 = Math.max(max.get(), 0);
    }
  }

  /** One thread sets a bit and looks, while another takes away what was there and that bit. */
  @JCStressTest
  @State
  @Outcome(id = "4, 1, 1", expect = Expect.ACCEPTABLE, desc = "The bit was set after the reset.")
  @Outcome(id = "5, 5, 0", expect = Expect.ACCEPTABLE, desc = "The reset came after the look.")
  @Outcome(id = "5, 0, 0", expect = Expect.ACCEPTABLE, desc = "The reset came in between.")
  @Outcome(
      id = "4, 5, 1",
      expect = Expect.ACCEPTABLE_INTERESTING,
      desc = "The bit had not reached the other CPU when the reset began; it is left for the next.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The look saw half of a reset, or a bit was lost.")
  public static class OrAndGetAgainstReset {
    private final PerCpuLongAccumulator bits = PerCpuLongAccumulator.or();

    /** Starts with a bit. */
    public OrAndGetAgainstReset() {
      bits.accumulate(4);
    }

    /** Takes the bits away. */
    @Actor
    public void reset(JJJ_Result result) {
      result.r1 = bits.getThenReset();
    }

    /** Sets another bit, and looks. */
    @Actor
    public void get(JJJ_Result result) {
      bits.accumulate(1);
      result.r2 = bits.get();
    }

    /** Gets what is left. */
    @Arbiter
    public void left(JJJ_Result result) {
      result.r3 = bits.get();
    }
  }
}
