package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.internal.rseq.SliceStop;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded stack of indices for each CPU: threads push to and pop from that of the CPU they run
 * on, and anyone can drain any of them.
 *
 * <p>An index is an {@code int} of at least 0, such as the number of an object in a table. What a
 * thread did before it pushed an index is visible to the thread that pops or drains it.
 *
 * <p>It takes 16 bytes, and 4 for each index of its capacity, for each possible CPU and for one
 * more, of which a page becomes memory when it is first touched.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code push}, {@code pop}<td>this CPU's stack<td>release and acquire, between any two
 *     threads<td>starts again, unnoticed<td>no<td>under a lock
 * <tr><td>{@code drain}<td>one stack<td>a fence, and a lock shared with other drains; pushes and
 *     pops on that CPU wait for it<td>aborts those that are under way<td>its result<td>by the
 *     stack's lock
 * <tr><td>{@code size}, {@code popped}<td>every CPU's stack<td>acquire<td>-<td>no<td>the same
 * <tr><td>{@code close}<td>every CPU's stack<td>a fence: no push or pop that began before succeeds
 *     after<td>aborts those that are under way<td>no<td>by the locks
 * </table>
 */
public final class PerCpuStack implements AutoCloseable {
  /** The largest capacity. */
  public static final int MAX_CAPACITY = StackLayout.MAX_COUNT;

  /** What {@link #pop} returns for an empty stack. */
  public static final int EMPTY = -1;

  /** What {@link #poll} returns once the stacks are closed. */
  static final int CLOSED = -2;

  private static final int[] NOTHING = {};

  /*
   * The protocol
   *
   * The state of a stack, its count, is written by the sequences of its CPU, and its store is
   * their commit. What is above the count is nobody's: a push stores its item there first, and
   * what an aborted one has left means nothing. A pop loads the item below the count and stores
   * the count alone. A sequence is never interleaved with another one on its CPU: either it
   * commits before the other begins, or it is aborted and begins after it. So a pop cannot mistake
   * one state for an equal one that came later, which is what makes linked stacks with
   * compare-and-set hard.
   *
   * Drains. Only SliceStop's protocol lets anyone else write the state: barred is set, and the
   * fence lets every sequence under way on that slice commit, or start again and see it. Whoever
   * finds a stack barred waits for the lock that the drainer holds, and tries again. The items are
   * copied out before the count becomes 0 and nothing of a caller runs meanwhile, so an exception
   * (there is no memory for the copy, the fence is denied) leaves the stack as it was.
   *
   * Closing sets barred for ever. Under the lock closed says so; then no sequence writes a state
   * any more, and a drain needs neither bar nor fence.
   *
   * Visibility. The commit of a push is a plain store, and a pop loads it plainly, because both
   * are on one CPU. If two threads did them, the kernel has switched from one to the other
   * between, and a switch is a full barrier; so is each migration of the pusher before its push
   * and of the popper after its pop. The compiler moves no access over the call, since it cannot
   * see into it. A drain sees what is behind the commits through its fence. Whoever sees barred
   * cleared again sees the drainer's stores: cleared with release, loaded with acquire. Where
   * there are locks in place of sequences, they do all this.
   */

  private final int capacity;
  private final Region region;
  final ReentrantLock draining = new ReentrantLock();

  /** Guarded by {@link #draining}. */
  private boolean closed;

  /**
   * Makes empty stacks.
   *
   * @param capacity how many indices each holds at most, 1 to {@value #MAX_CAPACITY}
   * @throws IllegalArgumentException if the capacity is out of range
   * @throws OutOfMemoryError if there is not enough address space
   */
  public PerCpuStack(int capacity) {
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException(
          "capacity %d is not in 1..%d".formatted(capacity, MAX_CAPACITY));
    }
    this.capacity = capacity;
    this.region =
        Region.allocate(StackLayout.sliceBytes(capacity), StackSequences.PUSH, StackSequences.POP);
  }

  /** Returns how many indices each stack holds at most. */
  public int capacity() {
    return capacity;
  }

  /** Returns how many stacks there are: one for each possible CPU, and one or more besides. */
  public int stacks() {
    return region.slices();
  }

  /**
   * Pushes an index onto this CPU's stack.
   *
   * @param index at least 0
   * @return whether it was pushed; if not, the stack is full
   * @throws IllegalArgumentException if the index is below 0
   * @throws IllegalStateException if the stacks are closed
   */
  public boolean push(int index) {
    if (index < 0) {
      throw new IllegalArgumentException("index %d is below 0".formatted(index));
    }
    long result = offer(index);
    if (result == StackSequences.BARRED) {
      throw closed();
    }
    return result == StackSequences.PUSHED;
  }

  /**
   * Pops the index that was pushed last onto this CPU's stack.
   *
   * @return the index, or {@link #EMPTY}
   * @throws IllegalStateException if the stacks are closed
   */
  public int pop() {
    int result = poll();
    if (result == CLOSED) {
      throw closed();
    }
    return result;
  }

  /**
   * Pushes an index of at least 0.
   *
   * @return {@link StackSequences#PUSHED}, {@link StackSequences#FULL}, or {@link
   *     StackSequences#BARRED} if the stacks are closed
   */
  long offer(int index) {
    long result;
    do {
      try {
        result =
            (long) StackSequences.PUSH_HANDLE.invokeExact(region, (long) index, (long) capacity);
      } catch (Throwable e) {
        throw Failures.unexpected(e);
      } finally {
        Reference.reachabilityFence(region);
      }
      if (result < StackSequences.PUSHED) {
        throw Failures.impossible(result);
      }
    } while (result == StackSequences.BARRED && !awaitClosed());
    return result;
  }

  /** Pops an index; returns {@link #EMPTY} or {@link #CLOSED} if there is none. */
  int poll() {
    long result;
    do {
      try {
        result = (long) StackSequences.POP_HANDLE.invokeExact(region);
      } catch (Throwable e) {
        throw Failures.unexpected(e);
      } finally {
        Reference.reachabilityFence(region);
      }
      if (result >= 0 && result <= Integer.MAX_VALUE) {
        return (int) result;
      }
      if (result == StackSequences.EMPTY) {
        return EMPTY;
      }
      if (result != StackSequences.BARRED) {
        throw Failures.impossible(result);
      }
    } while (!awaitClosed());
    return CLOSED;
  }

  /** Waits until no drain is under way, and returns whether the stacks are closed. */
  private boolean awaitClosed() {
    draining.lock();
    try {
      return closed;
    } finally {
      draining.unlock();
    }
  }

  /**
   * Takes all indices from a stack, from wherever the caller runs. Pushes and pops on that CPU wait
   * meanwhile. It also takes what was left when the stacks were closed.
   *
   * @param stack its number, from 0
   * @return the indices, the one pushed last at the end
   * @throws IndexOutOfBoundsException if there is no such stack
   * @throws IllegalStateException if the process has been denied {@code membarrier} since it
   *     started; nothing is taken
   */
  public int[] drain(int stack) {
    if (size(stack) == 0) {
      return NOTHING; // The CPU, perhaps an idle one, need not be interrupted to find that out.
    }
    draining.lock();
    try {
      if (closed) {
        return take(stack);
      }
      int[][] taken = {NOTHING};
      SliceStop.run(
          region, stack, StackLayout.BARRED.displacement(), false, () -> taken[0] = take(stack));
      return taken[0];
    } finally {
      draining.unlock();
    }
  }

  /** Empties a stack that no sequence works on. */
  private int[] take(int stack) {
    long state = state(stack);
    int[] taken = new int[StackLayout.count(state)];
    long items = stack * region.stride() + StackLayout.itemOffset(0);
    MemorySegment.copy(region.memory(), ValueLayout.JAVA_INT, items, taken, 0, taken.length);
    region.setRelease(stack, StackLayout.STATE.displacement(), state - taken.length);
    return taken;
  }

  /**
   * Returns how many indices a stack holds.
   *
   * @param stack its number, from 0
   * @throws IndexOutOfBoundsException if there is no such stack
   */
  public int size(int stack) {
    return StackLayout.count(state(Objects.checkIndex(stack, stacks())));
  }

  /** Returns how many indices all stacks hold; no snapshot if they are used meanwhile. */
  public int size() {
    int size = 0;
    for (int stack = 0; stack < stacks(); stack++) {
      size += size(stack);
    }
    return size;
  }

  /** Returns how many pops have found an index; each CPU counts modulo 2<sup>48</sup>. */
  public long popped() {
    long popped = 0;
    for (int stack = 0; stack < stacks(); stack++) {
      popped += StackLayout.pops(state(stack));
    }
    return popped;
  }

  /** Returns a number that is the same as before only if nothing was pushed or popped since. */
  long state(int stack) {
    return region.getAcquire(stack, StackLayout.STATE.displacement());
  }

  /**
   * Ends pushing and popping. When this returns, no push or pop will succeed any more; what is in
   * the stacks can still be drained. Closing again does nothing.
   *
   * @throws IllegalStateException if the process has been denied {@code membarrier} since it
   *     started; nothing is closed
   */
  @Override
  public void close() {
    draining.lock();
    try {
      if (!closed) {
        setBarred(1);
        try {
          region.fence();
          closed = true;
        } finally {
          setBarred(closed ? 1 : 0);
        }
      }
    } finally {
      draining.unlock();
    }
  }

  private void setBarred(long barred) {
    for (int stack = 0; stack < stacks(); stack++) {
      region.setRelease(stack, StackLayout.BARRED.displacement(), barred);
    }
  }

  /** Returns the memory of the stacks. */
  Region region() {
    return region;
  }

  /** Returns how full the stacks are. */
  @Override
  public String toString() {
    return "PerCpuStack[%d indices, %d stacks of up to %d]".formatted(size(), stacks(), capacity);
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("the stacks are closed");
  }
}
