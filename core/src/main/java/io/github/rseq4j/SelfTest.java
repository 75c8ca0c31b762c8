package io.github.rseq4j;

import java.util.stream.Stream;

/**
 * Whether the running kernel aborts a sequence for each of the three reasons for which it has to,
 * found out by doing that to a thread within one.
 *
 * <p>A kernel that does not would let two threads change the memory of one CPU at once. arm64
 * kernels from 6.19 to 7.0.13 do not abort a sequence whose thread is preempted and stays on its
 * CPU; the versions of distribution kernels do not show whether that has been mended.
 *
 * @param migration the thread is moved to another CPU ({@code sched_setaffinity})
 * @param preemption another thread takes the CPU from it, and it goes on there later
 * @param signal it receives a signal that has a handler
 * @see <a href="https://docs.kernel.org/userspace-api/rseq.html">Restartable Sequences, in the
 *     documentation of the kernel</a>
 */
public record SelfTest(Check migration, Check preemption, Check signal) {
  /** What has come out of a check. */
  public enum Outcome {
    /** The sequence was aborted, and its effect was there once. */
    PASSED,
    /** The thread was certainly disturbed, but the sequence was not aborted or not exact. */
    FAILED,
    /** It is not known: the thread could not be disturbed. */
    NOT_RUN
  }

  /**
   * One check.
   *
   * @param outcome what has come out
   * @param reason why it has not passed; empty if it has
   */
  public record Check(Outcome outcome, String reason) {}

  /** Returns whether every check has passed. */
  public boolean passed() {
    return checks().allMatch(check -> check.outcome == Outcome.PASSED);
  }

  /** Returns whether a check has failed, so that sequences must not be trusted. */
  public boolean failed() {
    return checks().anyMatch(check -> check.outcome == Outcome.FAILED);
  }

  private Stream<Check> checks() {
    return Stream.of(migration, preemption, signal);
  }
}
