package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** {@link PerCpuLock}: one thread at a time holds a lock, and sees what those before it did. */
public final class LockStress {
  /** All states share the locks, each has numbers of its own that they guard. */
  private static final PerCpuLock LOCKS = new PerCpuLock();

  private LockStress() {}

  /** Numbers, one guarded by each lock. */
  @State
  public static class Guarded {
    private final int[] numbers = new int[LOCKS.size()];

    void addUnderAnyLock() {
      int lock = LOCKS.lock();
      numbers[lock]++;
      LOCKS.unlock(lock);
    }

    int sumUnderEachLock() {
      int sum = 0;
      for (int lock = 0; lock < numbers.length; lock++) {
        LOCKS.lock(lock);
        sum += numbers[lock];
        LOCKS.unlock(lock);
      }
      return sum;
    }
  }

  /** Two threads add under the locks of their CPUs. */
  @JCStressTest
  @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "Both additions are there.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Both threads were at one number at a time.")
  public static class TwoLocks {
    /** Adds. */
    @Actor
    public void add1(Guarded guarded) {
      guarded.addUnderAnyLock();
    }

    /** Adds. */
    @Actor
    public void add2(Guarded guarded) {
      guarded.addUnderAnyLock();
    }

    /** Sums up. */
    @Arbiter
    public void sum(Guarded guarded, I_Result result) {
      result.r1 = guarded.sumUnderEachLock();
    }
  }

  /** One thread adds under the lock of its CPU, another to all numbers under one after another. */
  @JCStressTest
  @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Each number has what was added to it.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Both threads were at one number at a time.")
  public static class LockAgainstTake {
    /** Adds. */
    @Actor
    public void add(Guarded guarded) {
      guarded.addUnderAnyLock();
    }

    /** Adds to all. */
    @Actor
    public void addToAll(Guarded guarded) {
      for (int lock = 0; lock < LOCKS.size(); lock++) {
        LOCKS.lock(lock);
        guarded.numbers[lock]++;
        LOCKS.unlock(lock);
      }
    }

    /** Sums up. */
    @Arbiter
    public void sum(Guarded guarded, I_Result result) {
      result.r1 = guarded.sumUnderEachLock() - LOCKS.size();
    }
  }

  /** One thread writes twice under the lock of its CPU, another reads under that lock. */
  @JCStressTest
  @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "It was read before.")
  @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "It was read after both writes.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "It was read in between, or a write was not seen.")
  public static class WriteTwiceAgainstTake {
    /** Adds twice. */
    @Actor
    public void add(Guarded guarded) {
      int lock = LOCKS.lock();
      guarded.numbers[lock]++;
      guarded.numbers[lock]++;
      LOCKS.unlock(lock);
    }

    /** Reads. */
    @Actor
    public void read(Guarded guarded, I_Result result) {
      result.r1 = guarded.sumUnderEachLock();
    }
  }
}
