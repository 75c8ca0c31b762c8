package io.github.rseq4j.percpu;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Where the numbers of a pool's items are that nobody has: in the stacks of the CPUs, in the list
 * that CPUs share, or with no item yet. All but the stacks is under a lock.
 */
final class PoolNumbers {
  /** There is no number to be had. */
  static final int EXHAUSTED = Integer.MIN_VALUE;

  /** What no stack's state is. */
  private static final long NO_STATE = -1;

  private final PerCpuStack stack;
  private final int total;

  /** How many numbers go to or come from the shared list at once. */
  private final int batch;

  private final ReentrantLock lock = new ReentrantLock();
  private final IntStack shared = new IntStack();

  /** The numbers below {@link #nextUnused} that have no item. */
  private final IntStack unused = new IntStack();

  private int nextUnused;

  /** The state of each stack when it was last looked at for being idle. */
  private final long[] states;

  /** The stack that is looked at first when one is needed that is not empty. */
  private int firstStack;

  private boolean closed;
  private long misses;
  private long moved;
  private long created;
  private long destroyed;

  /** How many pops were no acquisitions. */
  private long otherPops;

  PoolNumbers(PerCpuStack stack, int total) {
    this.stack = stack;
    this.total = total;
    this.batch = Math.max(1, stack.capacity() / 2);
    this.states = new long[stack.stacks()];
  }

  /**
   * Takes a number, for a thread that has found its CPU's stack empty, and fills that stack.
   *
   * @return the number of a free item; or the complement of a number that has no item yet; or
   *     {@link #EXHAUSTED}
   * @throws IllegalStateException if the pool is closed
   */
  int take() {
    lock.lock();
    try {
      requireOpen();
      misses++;
      if (shared.isEmpty()) {
        if (!unused.isEmpty()) {
          return ~unused.pop();
        }
        if (nextUnused < total) {
          unused.reserve(nextUnused + 1); // or one given back without memory would be lost
          return ~nextUnused++;
        }
        drainOne();
      }
      return shared.isEmpty() ? EXHAUSTED : takeShared();
    } finally {
      lock.unlock();
    }
  }

  private int takeShared() {
    int number = shared.pop();
    moved++;
    for (int i = 1; i < batch && !shared.isEmpty(); i++) {
      int next = shared.pop();
      if (stack.offer(next) != StackSequences.PUSHED) {
        shared.push(next);
        break;
      }
      moved++;
    }
    return number;
  }

  /**
   * Moves the numbers of one stack, if there is one that is not empty, to the shared list.
   *
   * <p>The stacks are looked at one after another, and a number may come to one that was empty and
   * leave one that is still to be looked at. If none was popped meanwhile, those found empty have
   * been so from the beginning, all at once; otherwise they are looked at again.
   */
  private void drainOne() {
    long popped;
    do {
      popped = stack.popped();
      for (int i = 0; i < states.length && shared.isEmpty(); i++) {
        drain(firstStack);
        firstStack = (firstStack + 1) % states.length;
      }
    } while (shared.isEmpty() && stack.popped() != popped);
  }

  /** Moves the numbers of a stack to the shared list; without memory for that, none. */
  private int drain(int number) {
    if (stack.size(number) == 0) {
      return 0;
    }
    shared.reserve(stack.capacity());
    int[] drained = stack.drain(number);
    shared.pushAll(drained);
    moved += drained.length;
    if (drained.length > 0) {
      states[number] = NO_STATE; // as many pushes lead to the one that it had
    }
    return drained.length;
  }

  /**
   * Gives the number of a free item back, for a thread that has found its CPU's stack full, and
   * makes room there.
   *
   * @return false, and nothing is done, if the pool is closed
   */
  boolean giveBack(int number) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      shared.reserve(batch + 1); // or a number that was popped could be lost
      for (int i = 0; i < batch; i++) {
        int other = stack.poll();
        if (other < 0) {
          break;
        }
        shared.push(other);
        otherPops++;
        moved++;
      }
      if (stack.offer(number) != StackSequences.PUSHED) {
        shared.push(number);
        moved++;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a number was popped, and not used, since somebody has it. */
  void popped() {
    lock.lock();
    try {
      otherPops++;
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a number has an item now; returns false if the pool is closed. */
  boolean created() {
    lock.lock();
    try {
      created++;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes that a number has no item any more, or still none.
   *
   * @param wasCreated whether it had one
   */
  void unused(int number, boolean wasCreated) {
    lock.lock();
    try {
      unused.push(number);
      destroyed += wasCreated ? 1 : 0;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves numbers from the stacks on which nothing was done since the last call to the shared list.
   *
   * @return how many
   * @throws IllegalStateException if the pool is closed
   */
  int reclaim() {
    lock.lock();
    try {
      requireOpen();
      int reclaimed = 0;
      for (int i = 0; i < states.length; i++) {
        if (stack.state(i) == states[i]) {
          reclaimed += drain(i);
        }
        states[i] = stack.state(i);
      }
      return reclaimed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the numbers of all free items.
   *
   * @throws IllegalStateException if the pool is closed
   */
  int[] takeFree() {
    lock.lock();
    try {
      requireOpen();
      return drainAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends everything, and takes the numbers of all free items; of none if it is closed already. */
  int[] close() {
    lock.lock();
    try {
      stack.close();
      closed = true;
      return drainAll();
    } finally {
      lock.unlock();
    }
  }

  private int[] drainAll() {
    for (int i = 0; i < states.length; i++) {
      drain(i);
    }
    return shared.popAll();
  }

  PerCpuPoolStatistics statistics() {
    lock.lock();
    try {
      long hits = stack.popped() - otherPops;
      return new PerCpuPoolStatistics(hits, misses, moved, created, destroyed);
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the pool is closed");
    }
  }
}
