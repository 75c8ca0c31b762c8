package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.ref.Reference;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A lock for each CPU: a thread takes that of the CPU it runs on, without atomic instructions, and
 * holds it wherever it then runs, until it or another thread unlocks it.
 *
 * <p>It guards something that there is one of for each CPU, such as an object in an array, selected
 * by the number of the lock. A thread that waits does so for the lock of whichever CPU it runs on
 * each time that it tries again, which it does ever more rarely, but at least each millisecond: a
 * lock should be held for a short time. Who comes first is not served first. A lock is not
 * reentrant: a thread that asks for one that it holds waits for itself.
 *
 * <p>It takes 128 bytes for each possible CPU and for one more, in whole pages, and 4 bytes for
 * each of them on the heap.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code tryLock()}; {@code lock()}, if the lock is free<td>this CPU's lock<td>acquire: sees
 *     what happened before the last unlock<td>starts again, unnoticed<td>no<td>under a lock
 * <tr><td>the others that wait<td>this CPU's lock each time<td>the same<td>the same<td>some dozen
 *     bytes<td>the same
 * <tr><td>{@code lock(int)}<td>that lock<td>acquire, and a fence<td>aborts those who are about to
 *     take it<td>some dozen bytes<td>by the locks
 * <tr><td>{@code unlock}<td>that lock<td>release<td>-<td>no<td>the same
 * <tr><td>{@code holder}, {@code toString}<td>one lock, or all<td>acquire<td>-<td>no; the
 *     text<td>the same
 * </table>
 */
public final class PerCpuLock {
  /*
   * The protocol
   *
   *   a sequence on the CPU        who takes it from anywhere      who unlocks, from anywhere
   *     if barred != 0, exit         barred = 1                      holder = 0, with release
   *     if holder != 0, exit         fence
   *     commit holder = thread       wait until holder == 0
   *                                  holder = thread
   *                                  barred = 0, with release
   *
   * Exclusion. holder becomes nonzero by a sequence of its CPU or by a thread from anywhere. Of two
   * sequences, the first one's commit is seen by the second, since they run on the same CPU; one
   * that is preempted before its commit starts again. A thread from anywhere sets the bar first. By
   * the end of its fence each sequence that had not seen the bar has committed, and its holder is
   * visible, or will start again and see it. From then on holder can only change to 0, so a thread
   * that reads 0 has the lock to itself, and keeps it by storing its number. Then the bar can go at
   * once: a sequence that sees it gone sees the holder too, for the bar is taken away with release
   * and loaded first and with acquire. Threads from anywhere exclude each other by `taking`.
   *
   * A sequence that loads a holder that has unlocked meanwhile exits, and its thread tries again.
   *
   * Visibility. Who unlocks stores 0 with release, and whoever takes the lock next has loaded that
   * 0, or a later one, with acquire. So the last holder's writes happen before the next one's reads
   * for the processor, on one CPU or two; and for the compiler, to which the sequence is an opaque
   * call. What the new holder writes may become visible before its number does. That is harmless:
   * those who look at the number to decide run on the same CPU, which sees its own stores in order
   * and is fenced by a context switch, or have fenced that CPU.
   */

  private final Region region = Region.allocate(LockLayout.SLICE_BYTES, LockLayout.LOCK);

  /** For each lock 1 while a thread executes the second column. */
  private final AtomicIntegerArray taking = new AtomicIntegerArray(region.slices());

  /** Makes locks that are free. */
  public PerCpuLock() {}

  /** Returns how many locks there are: one for each possible CPU, and one more. */
  public int size() {
    return region.slices();
  }

  /**
   * Takes the lock of the CPU that the calling thread runs on, if it is free.
   *
   * @return the number of the lock, which is that of the CPU, 0 to {@code size() - 1}; -1 if it is
   *     held
   */
  public int tryLock() {
    long result;
    try {
      result = (long) LockLayout.LOCK_HANDLE.invokeExact(region, Thread.currentThread().threadId());
    } catch (Throwable e) {
      throw Failures.unexpected(e);
    } finally {
      Reference.reachabilityFence(region);
    }
    return result == LockLayout.HELD ? -1 : (int) (result / LockLayout.SLICE_BYTES);
  }

  /**
   * Takes the lock of the CPU that the calling thread then runs on, waiting until one is free. An
   * interrupt does not end the wait.
   *
   * @return the number of the lock
   */
  public int lock() {
    int lock = tryLock();
    return lock >= 0 ? lock : Backoff.uninterruptibly(this::tryLock);
  }

  /**
   * Takes the lock of the CPU that the calling thread then runs on, waiting until one is free.
   *
   * @return the number of the lock
   * @throws InterruptedException if the thread is interrupted, before or while it waits
   */
  public int lockInterruptibly() throws InterruptedException {
    return tryLock(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
  }

  /**
   * Takes the lock of the CPU that the calling thread then runs on, waiting for some time at most.
   *
   * @param timeout how long; if it is not above 0, this does not wait
   * @return the number of the lock; -1 if the time was over
   * @throws InterruptedException if the thread is interrupted, before or while it waits
   */
  public int tryLock(long timeout, TimeUnit unit) throws InterruptedException {
    return Backoff.interruptibly(this::tryLock, timeout, unit);
  }

  /**
   * Takes a given lock from whichever CPU the calling thread runs on, waiting until it is free: for
   * work on the objects of all CPUs, one after another. While this waits no other thread takes the
   * lock. It costs microseconds and disturbs the CPU. An interrupt does not end the wait.
   *
   * @throws IndexOutOfBoundsException if there is no lock of that number
   * @throws IllegalStateException if the process has been denied {@code membarrier} since it
   *     started; the lock is not taken
   */
  public void lock(int lock) {
    Objects.checkIndex(lock, size());
    Backoff.uninterruptibly(() -> taking.compareAndSet(lock, 0, 1) ? lock : -1);
    try {
      region.setRelease(lock, LockLayout.BARRED.displacement(), 1);
      region.fence(lock, false);
      Backoff.uninterruptibly(() -> holder(lock) == 0 ? lock : -1);
      region.setRelease(lock, LockLayout.HOLDER.displacement(), Thread.currentThread().threadId());
    } finally {
      region.setRelease(lock, LockLayout.BARRED.displacement(), 0);
      taking.set(lock, 0);
    }
  }

  /**
   * Gives a lock back. Any thread may do so, on any CPU; that it is the right one is not checked.
   *
   * @param lock the number that the lock was taken with
   * @throws IllegalMonitorStateException if that lock is not held
   * @throws IndexOutOfBoundsException if there is no lock of that number
   */
  public void unlock(int lock) {
    if (holder(lock) == 0) {
      throw new IllegalMonitorStateException("lock %d is not held".formatted(lock));
    }
    region.setRelease(lock, LockLayout.HOLDER.displacement(), 0);
  }

  /**
   * Returns which thread has taken a lock: its {@link Thread#threadId()}, or 0 if the lock is free.
   *
   * @throws IndexOutOfBoundsException if there is no lock of that number
   */
  public long holder(int lock) {
    Objects.checkIndex(lock, size());
    return region.getAcquire(lock, LockLayout.HOLDER.displacement());
  }

  /**
   * Returns the locks that are held, each with the number of the thread that has taken it, by which
   * thread dumps call it, and with its name if it is a platform thread and alive.
   */
  @Override
  public String toString() {
    Map<Long, String> names = platformThreads();
    StringBuilder text = new StringBuilder("PerCpuLock[");
    int before = text.length();
    for (int lock = 0; lock < size(); lock++) {
      long holder = holder(lock);
      if (holder != 0) {
        text.append(text.length() == before ? "" : ", ").append(lock).append(": #").append(holder);
        String name = names.get(holder);
        if (name != null) {
          text.append(" \"").append(name).append('"');
        }
      }
    }
    return text.append(']').toString();
  }

  private static Map<Long, String> platformThreads() {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    Thread[] threads = new Thread[2 * root.activeCount()]; // some may be starting
    int found = root.enumerate(threads);
    Map<Long, String> names = new HashMap<>();
    for (int i = 0; i < found; i++) {
      names.put(threads[i].threadId(), threads[i].getName());
    }
    return names;
  }
}
