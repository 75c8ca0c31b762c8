package io.github.rseq4j.percpu;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Waiting for another thread by asking again, ever more rarely: for what is usually over at once,
 * and costs nothing to those who do not wait.
 *
 * <p>Whoever is waited for may be running, or may have been preempted by the thread that waits, or
 * be a virtual thread that waits for the carrier of the one that waits. So few rounds spin, some
 * yield to other threads of either kind, and all later ones park, each longer than the last.
 */
final class Backoff {
  private static final int SPINNING_ROUNDS = 4;
  private static final int SPINS = 32;
  private static final int YIELDING_ROUNDS = 20;
  private static final long FIRST_PARK_NANOS = 1000;

  /** How long a round takes at most. */
  static final long LONGEST_PARK_NANOS = 1_000_000;

  private Backoff() {}

  /**
   * Asks until the answer is not negative, and returns it. An interrupt does not end this; the
   * thread is interrupted again in the end.
   */
  static int uninterruptibly(IntSupplier attempt) {
    boolean interrupted = false;
    try {
      for (int round = 0; ; round++) {
        int answer = attempt.getAsInt();
        if (answer >= 0) {
          return answer;
        }
        pause(round, LONGEST_PARK_NANOS);
        interrupted |= Thread.interrupted(); // or it would not park again
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Asks until the answer is not negative or the time is over, once at least, and returns the last
   * answer.
   *
   * @throws InterruptedException if the thread is interrupted, before or meanwhile
   */
  static int interruptibly(IntSupplier attempt, long timeout, TimeUnit unit)
      throws InterruptedException {
    long deadline = System.nanoTime() + Math.max(0, unit.toNanos(timeout));
    for (int round = 0; ; round++) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      int answer = attempt.getAsInt();
      long left = deadline - System.nanoTime();
      if (answer >= 0 || left <= 0) {
        return answer;
      }
      pause(round, left);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // whoever is waited for may need this very processor
  private static void pause(int round, long limit) {
    if (round < SPINNING_ROUNDS) {
      for (int i = 0; i < SPINS; i++) {
        Thread.onSpinWait();
      }
    } else if (round < YIELDING_ROUNDS) {
      Thread.yield();
    } else {
      int doublings = Math.min(round - YIELDING_ROUNDS, Integer.SIZE);
      long nanos = Math.min(FIRST_PARK_NANOS << doublings, LONGEST_PARK_NANOS);
      LockSupport.parkNanos(Math.min(nanos, limit));
    }
  }
}
