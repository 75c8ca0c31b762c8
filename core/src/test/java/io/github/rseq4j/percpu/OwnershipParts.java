package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/** The structures by which a thread owns something for a while. */
final class OwnershipParts {
  private OwnershipParts() {}

  static List<StressPart> all(int threads) {
    return List.of(new Lock(threads), new Objects(threads), new Stack(), new Pool(threads));
  }

  /** Invariant: plain numbers, each guarded by a lock, add up to how often locks were taken. */
  private static final class Lock implements StressPart {
    private final PerCpuLock locks = new PerCpuLock();
    private final long[] guarded = new long[locks.size()];
    private final long[] taken;

    Lock(int threads) {
      taken = new long[threads];
    }

    @Override
    public void use(int thread, int round) {
      int lock = round % 4 == 0 ? locks.tryLock() : locks.lock();
      if (lock >= 0) {
        guarded[lock]++;
        locks.unlock(lock);
        taken[thread]++;
      }
    }

    @Override
    public void look() {
      for (int lock = 0; lock < locks.size(); lock++) {
        locks.lock(lock);
        assertThat(guarded[lock]).isNotNegative();
        locks.unlock(lock);
      }
    }

    @Override
    public void check() {
      assertThat(LongStream.of(guarded).sum()).isEqualTo(LongStream.of(taken).sum());
      assertThat(locks).hasToString("PerCpuLock[]");
    }
  }

  /** Invariant: what is counted in plain tables adds up to how often they were checked out. */
  private static final class Objects implements StressPart {
    private static final int KEYS = 32;

    private final PerCpu<Map<Integer, Integer>> tables = PerCpu.withInitial(HashMap::new);
    private final long[] counted;

    Objects(int threads) {
      counted = new long[threads];
    }

    @Override
    public void use(int thread, int round) {
      try (PerCpu.Slot<Map<Integer, Integer>> slot = tables.checkout()) {
        slot.get().merge((thread + round) % KEYS, 1, Integer::sum);
      }
      counted[thread]++;
    }

    private long sum() {
      long[] sum = new long[1];
      tables.forEach(table -> table.values().forEach(count -> sum[0] += count));
      return sum[0];
    }

    @Override
    public void look() {
      assertThat(sum()).isNotNegative();
    }

    @Override
    public void check() {
      assertThat(sum()).isEqualTo(LongStream.of(counted).sum());
    }
  }

  /** Invariant: each index is on one stack, or owned by the one thread that has popped it. */
  private static final class Stack implements StressPart {
    private static final int INDICES = 64;

    private final PerCpuStack stack = new PerCpuStack(INDICES);
    private final int[] owners = new int[INDICES];

    Stack() {
      for (int index = 0; index < INDICES; index++) {
        assertThat(stack.push(index)).isTrue();
      }
    }

    @Override
    public void use(int thread, int round) {
      int index = stack.pop();
      if (index != PerCpuStack.EMPTY) {
        own(index, thread + 1);
        assertThat(stack.push(index)).isTrue();
      }
    }

    private void own(int index, int owner) {
      assertThat(owners[index]).as("owner of %d", index).isZero();
      owners[index] = owner;
      Thread.onSpinWait();
      assertThat(owners[index]).as("owner of %d", index).isEqualTo(owner);
      owners[index] = 0;
    }

    @Override
    public void look() {
      for (int number = 0; number < stack.stacks(); number++) {
        for (int index : stack.drain(number)) {
          own(index, Integer.MAX_VALUE);
          assertThat(stack.push(index)).isTrue();
        }
      }
    }

    @Override
    public void check() {
      BitSet found = new BitSet();
      for (int number = 0; number < stack.stacks(); number++) {
        for (int index : stack.drain(number)) {
          assertThat(found.get(index)).as("%d again", index).isFalse();
          found.set(index);
        }
      }
      assertThat(found.cardinality()).isEqualTo(INDICES);
    }
  }

  /** Invariant: no more items are made than allowed, and each is owned by one thread at a time. */
  private static final class Pool implements StressPart {
    private static final int TOTAL = 100;

    /** Its number of uses is a plain one. */
    private static final class Item {
      private boolean owned;
      private long uses;
    }

    private final Queue<Item> made = new ConcurrentLinkedQueue<>();
    private final PerCpuPool<Item> pool = PerCpuPool.builder(TOTAL, this::make).perCpu(8).build();
    private final long[] acquired;

    Pool(int threads) {
      acquired = new long[threads];
    }

    private Item make() {
      Item item = new Item();
      made.add(item);
      return item;
    }

    @Override
    public void use(int thread, int round) {
      Item item = pool.tryAcquire();
      if (item != null) {
        assertThat(item.owned).isFalse();
        item.owned = true;
        acquired[thread]++;
        long before = item.uses;
        if (round % 4 == 1) {
          LockSupport.parkNanos(1000);
        }
        item.uses = before + 1;
        item.owned = false;
        pool.release(item);
      }
    }

    @Override
    public void look() {
      pool.reclaim();
    }

    @Override
    public void check() {
      assertThat(made).hasSizeLessThanOrEqualTo(TOTAL).isNotEmpty();
      assertThat(made.stream().mapToLong(item -> item.uses).sum())
          .isEqualTo(LongStream.of(acquired).sum());
    }
  }
}
