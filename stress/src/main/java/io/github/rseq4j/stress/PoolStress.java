package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuPool;
import io.github.rseq4j.percpu.PerCpuPoolBuilder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** {@link PerCpuPool}: an item has one owner, who sees what the last one did to it. */
public final class PoolStress {
  private PoolStress() {}

  /** What is pooled. */
  static final class Item {
    private int value;
  }

  /**
   * Pools of one item that is free; tests run millions of times, and each pool has mapped memory.
   */
  private static final class Idle {
    private final Queue<PerCpuPool<Item>> pools = new ConcurrentLinkedQueue<>();
    private final boolean checked;

    Idle(boolean checked) {
      this.checked = checked;
    }

    PerCpuPool<Item> take() {
      PerCpuPool<Item> idle = pools.poll();
      if (idle != null) {
        return idle;
      }
      PerCpuPoolBuilder<Item> builder = PerCpuPool.builder(1, Item::new);
      PerCpuPool<Item> pool = checked ? builder.checked().build() : builder.build();
      pool.release(pool.acquire());
      return pool;
    }
  }

  private static final Idle IDLE = new Idle(false);
  private static final Idle IDLE_CHECKED = new Idle(true);

  /** Releases an item, and returns 1; or 0 if there is none or it is refused. */
  private static int tryRelease(PerCpuPool.@Nullable Handle<Item> handle) {
    try {
      if (handle != null) {
        handle.release();
      }
      return handle == null ? 0 : 1;
    } catch (IllegalStateException released) {
      return 0;
    }
  }

  /** Two threads want the only item; other CPUs' stacks are drained for it. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The first one got it.")
  @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "The second one got it.")
  @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "The item has two owners.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The item was lost.")
  public static class AcquireAgainstAcquire {
    private final PerCpuPool<Item> pool = IDLE.take();
    private PerCpuPool.@Nullable Handle<Item> first;
    private PerCpuPool.@Nullable Handle<Item> second;

    /** Acquires. */
    @Actor
    public void acquire1(II_Result result) {
      first = pool.tryAcquireHandle();
      result.r1 = first == null ? 0 : 1;
    }

    /** Acquires. */
    @Actor
    public void acquire2(II_Result result) {
      second = pool.tryAcquireHandle();
      result.r2 = second == null ? 0 : 1;
    }

    /** Lets another test have the pool. */
    @Arbiter
    public void end() {
      if (tryRelease(first) + tryRelease(second) == 1) {
        IDLE.pools.add(pool);
      }
    }
  }

  /** One thread acquires the only item while another drains all CPUs and destroys what it finds. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The item was acquired.")
  @Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "It was destroyed, a new one acquired.")
  @Outcome(
      id = "0, 1",
      expect = Expect.ACCEPTABLE,
      desc = "It was being destroyed, and its place not yet free.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The item was destroyed while it had an owner.")
  public static class AcquireAgainstTrim {
    private final PerCpuPool<Item> pool = IDLE.take();
    private final Item item = pool.acquire();
    private @Nullable Item acquired;

    /** Makes the item free, where this thread runs. */
    public AcquireAgainstTrim() {
      pool.release(item);
    }

    /** Acquires. */
    @Actor
    public void acquire(II_Result result) {
      acquired = pool.tryAcquire();
      result.r1 = acquired == null ? 0 : acquired == item ? 1 : 2;
    }

    /** Drains and destroys. */
    @Actor
    public void trim(II_Result result) {
      result.r2 = pool.trim();
    }

    /** Lets another test have the pool. */
    @Arbiter
    public void end() {
      pool.release(acquired == null ? pool.acquire() : acquired);
      IDLE.pools.add(pool);
    }
  }

  /** One thread changes the item and releases it while another wants it. */
  @JCStressTest
  @State
  @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "The item was still in use.")
  @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "It was acquired, and the change is seen.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "It was acquired before the change is to be seen.")
  public static class ReleaseAgainstAcquire {
    private final PerCpuPool<Item> pool = IDLE.take();
    private final PerCpuPool.Handle<Item> handle = pool.acquireHandle();
    private PerCpuPool.@Nullable Handle<Item> next;

    /** Makes the item as new. */
    public ReleaseAgainstAcquire() {
      handle.item().value = -1;
    }

    /** Changes and releases. */
    @Actor
    public void release() {
      handle.item().value = 1;
      handle.release();
    }

    /** Acquires and looks. */
    @Actor
    public void acquire(I_Result result) {
      next = pool.tryAcquireHandle();
      result.r1 = next == null ? 0 : next.item().value;
    }

    /** Lets another test have the pool. */
    @Arbiter
    public void end() {
      tryRelease(next);
      IDLE.pools.add(pool);
    }
  }

  /** One thread releases the item while another closes the pool. */
  @JCStressTest
  @State
  @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "One of the two destroyed the item.")
  @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "The item was left in the pool.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The item was destroyed twice.")
  public static class ReleaseAgainstClose {
    private final AtomicInteger destroyed = new AtomicInteger();
    private final PerCpuPool<Item> pool =
        PerCpuPool.builder(1, Item::new).destroy(_ -> destroyed.incrementAndGet()).build();
    private final PerCpuPool.Handle<Item> handle = pool.acquireHandle();

    /** Releases. */
    @Actor
    public void release() {
      handle.release();
    }

    /** Closes. */
    @Actor
    public void close() {
      pool.close();
    }

    /** Counts. */
    @Arbiter
    public void count(I_Result result) {
      result.r1 = destroyed.get();
    }
  }

  /** Returns how many owners the only item of a pool can have; if one, others can use the pool. */
  private static int owners(PerCpuPool<Item> pool, Idle idle) {
    PerCpuPool.Handle<Item> last = null;
    int owners = 0;
    for (var next = pool.tryAcquireHandle(); next != null; next = pool.tryAcquireHandle()) {
      last = next;
      owners++;
    }
    if (last != null && owners == 1) {
      last.release();
      idle.pools.add(pool);
    }
    return owners;
  }

  /** Two threads release the item of a checked pool. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "The second one was refused.")
  @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The first one was refused.")
  @Outcome(
      expect = Expect.FORBIDDEN,
      desc = "Both or none was refused, or the item is there twice.")
  public static class TwoReleasesChecked {
    private final PerCpuPool<Item> pool = IDLE_CHECKED.take();
    private final PerCpuPool.Handle<Item> handle = pool.acquireHandle();

    /** Releases. */
    @Actor
    public void release1(III_Result result) {
      result.r1 = tryRelease(handle);
    }

    /** Releases. */
    @Actor
    public void release2(III_Result result) {
      result.r2 = tryRelease(handle);
    }

    /** Acquires as often as it can. */
    @Arbiter
    public void acquire(III_Result result) {
      result.r3 = owners(pool, IDLE_CHECKED);
    }
  }

  /** Two threads release the item of a pool that is not checked. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "The second one was refused.")
  @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The first one was refused.")
  @Outcome(
      id = "1, 1, 1",
      expect = Expect.ACCEPTABLE_INTERESTING,
      desc = "Both came at the same instant; the copy was dropped when it was acquired.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The item is there twice, or not at all.")
  public static class TwoReleases {
    private final PerCpuPool<Item> pool = IDLE.take();
    private final PerCpuPool.Handle<Item> handle = pool.acquireHandle();

    /** Releases. */
    @Actor
    public void release1(III_Result result) {
      result.r1 = tryRelease(handle);
    }

    /** Releases. */
    @Actor
    public void release2(III_Result result) {
      result.r2 = tryRelease(handle);
    }

    /** Acquires as often as it can. */
    @Arbiter
    public void acquire(III_Result result) {
      result.r3 = owners(pool, IDLE);
    }
  }
}
