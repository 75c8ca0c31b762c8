package io.github.rseq4j.stress.torture;

import java.util.SplittableRandom;

/** Something that many threads do to per-CPU memory, and what has to be true of it. */
interface Workload {
  /**
   * Does one operation.
   *
   * @throws Violation if the invariant is seen not to hold
   */
  void operate(Worker worker) throws Throwable;

  /**
   * Does what one thread more keeps doing meanwhile.
   *
   * @return whether there is anything to do
   * @throws Violation if the invariant is seen not to hold
   */
  default boolean manage(SplittableRandom random) {
    return false;
  }

  /**
   * Checks the invariant when all threads have stopped.
   *
   * @param operations how often {@link #operate} was called
   * @throws Violation if it does not hold
   */
  void verify(long operations);
}
