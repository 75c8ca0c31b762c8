package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.internal.compile.SequenceState;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * One call of a program with injection points, on a thread of its own that is restricted to one CPU
 * and held at a point.
 *
 * <p>There is one at a time for each program. While a thread is held no safepoint can be reached,
 * since the call is critical: whoever holds it must not need one, and the patience of the program
 * ends it if another thread does.
 */
final class HeldCall {
  /** What is called. */
  interface Call {
    long run() throws Throwable;
  }

  private static final long PAUSE_NANOS = 20_000;

  private final SequenceState state;
  private final int point;
  private final int cpu;
  private final long restartsBefore;
  private final CompletableFuture<Long> end = new CompletableFuture<>();
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private volatile int tid;
  private volatile int pinning;

  private HeldCall(SequenceState state, int point, int cpu) {
    this.state = state;
    this.point = point;
    this.cpu = cpu;
    this.restartsBefore = state.restarts();
  }

  /**
   * Starts a call.
   *
   * @param point the number of the point, from 1
   * @param patience how many rounds of spinning it is held at most
   * @param cpu where it runs, unless that is denied
   */
  static HeldCall start(SequenceState state, int point, long patience, int cpu, Call call) {
    HeldCall held = new HeldCall(state, point, cpu);
    state.hold(point, patience);
    Thread.ofPlatform().daemon().name("rseq4j-held").start(() -> held.run(call));
    return held;
  }

  private void run(Call call) {
    pinning = Threads.setAffinity(0, CpuSet.of(cpu));
    tid = Threads.gettid();
    try {
      end.complete(call.run());
    } catch (Throwable e) {
      end.completeExceptionally(e);
    }
    // Its number must not become that of another thread while somebody may still disturb it.
    released.join();
  }

  /** Waits until the thread is held, and returns false if it ended before or that took too long. */
  boolean awaitArrival(long deadline) {
    while (!end.isDone() && System.nanoTime() - deadline < 0) {
      if (state.arrived() == point) {
        return true;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return false;
  }

  /** Returns the kernel's number of the thread, once it has arrived. */
  int tid() {
    return tid;
  }

  /** Returns the CPU. */
  int cpu() {
    return cpu;
  }

  /** Returns what came of restricting the thread to its CPU: 0 or a negative error number. */
  int pinning() {
    return pinning;
  }

  /**
   * Returns whether the thread, once it has arrived, has not left the point since, other than by
   * aborts.
   */
  boolean held() {
    return state.patience() > 0;
  }

  /** Returns how often the sequence has been aborted since the call was started. */
  long restarts() {
    return state.restarts() - restartsBefore;
  }

  /**
   * Lets the thread go on, waits for it, and returns the result.
   *
   * @throws java.util.concurrent.CompletionException with what the call has thrown
   */
  long finish() {
    state.hold(0, 0);
    try {
      return end.join();
    } finally {
      released.complete(null);
    }
  }
}
