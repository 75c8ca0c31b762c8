package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuStack;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * {@link PerCpuStack}: each index is popped or drained once, by someone who sees what was done
 * before it was pushed.
 */
public final class StackStress {
  private static final int INDEX = 7;

  /** Empty stacks; tests run millions of times, and each stack has mapped memory. */
  private static final Queue<PerCpuStack> IDLE = new ConcurrentLinkedQueue<>();

  private StackStress() {}

  private static PerCpuStack take() {
    PerCpuStack idle = IDLE.poll();
    return idle == null ? new PerCpuStack(1) : idle;
  }

  /** Takes all indices from every stack, and returns how many there were. */
  private static int drain(PerCpuStack stack) {
    int drained = 0;
    for (int i = 0; i < stack.stacks(); i++) {
      drained += stack.drain(i).length;
    }
    return drained;
  }

  /** One thread changes an object and pushes its index while another drains all CPUs. */
  @JCStressTest
  @State
  @Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "It was pushed after the drain.")
  @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "It was drained, the change seen.")
  @Outcome(id = "1, 0, 0", expect = Expect.FORBIDDEN, desc = "The change is not to be seen.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The index was lost, or is there twice.")
  public static class PushAgainstDrain {
    private final PerCpuStack stack = take();
    private int changed;

    /** Changes and pushes. */
    @Actor
    public void push() {
      changed = 1;
      stack.push(INDEX);
    }

    /** Drains, and looks if there was one. */
    @Actor
    public void drainAll(III_Result result) {
      result.r1 = drain(stack);
      result.r2 = result.r1 == 0 ? 0 : changed;
    }

    /** Drains what is left. */
    @Arbiter
    public void drainRest(III_Result result) {
      result.r3 = drain(stack);
      IDLE.add(stack);
    }
  }

  /** One thread pushes and pops an index while another drains all CPUs. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "It was popped.")
  @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "It was drained.")
  @Outcome(
      id = "0, 0, 1",
      expect = Expect.ACCEPTABLE,
      desc = "The thread was moved between push and pop, and the drain was on the old CPU before.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The index was lost, or is there twice.")
  public static class PopAgainstDrain {
    private final PerCpuStack stack = take();

    /** Pushes and pops. */
    @Actor
    public void pop(III_Result result) {
      stack.push(INDEX);
      result.r1 = stack.pop() == INDEX ? 1 : 0;
    }

    /** Drains. */
    @Actor
    public void drainAll(III_Result result) {
      result.r2 = drain(stack);
    }

    /** Drains what is left. */
    @Arbiter
    public void drainRest(III_Result result) {
      result.r3 = drain(stack);
      IDLE.add(stack);
    }
  }

  /** One thread pushes while another closes the stacks. */
  @JCStressTest
  @State
  @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "It was pushed before.")
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "It was refused.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "It was pushed and lost, or refused and is there.")
  public static class PushAgainstClose {
    private final PerCpuStack stack = new PerCpuStack(1);

    /** Pushes. */
    @Actor
    public void push(II_Result result) {
      try {
        result.r1 = stack.push(INDEX) ? 1 : 0;
      } catch (IllegalStateException closed) {
        result.r1 = 0;
      }
    }

    /** Closes. */
    @Actor
    public void close() {
      stack.close();
    }

    /** Drains what is left. */
    @Arbiter
    public void drainRest(II_Result result) {
      result.r2 = drain(stack);
    }
  }
}
