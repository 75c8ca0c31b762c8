package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Errno;
import io.github.rseq4j.internal.linux.Threads;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;

/** A reason for which the kernel has to abort a sequence, done to a held thread. */
public enum Disturbance {
  /** The thread is moved to another CPU. */
  MIGRATION("moved"),
  /** Another thread takes its CPU from it for a while. */
  PREEMPTION("preempted"),
  /** It receives a signal. */
  SIGNAL("signalled");

  /*
   * Each waits for a proof that comes from elsewhere than from the count of aborts, or a kernel
   * that does not abort could not be told from a thread that was never disturbed:
   *
   *   migration    the thread could run on one CPU only, and now on another one only
   *   preemption   the kernel's count of the times it took the CPU from the thread has risen
   *   signal       it is no longer pending
   *
   * The thread has to be held still when the proof is there; then all this happened within the
   * sequence, and must abort it before its next instruction.
   */

  /**
   * The pause between two looks. Looking into /proc makes garbage, and the collector would have to
   * wait for the held thread, which then could not be disturbed.
   */
  private static final long PAUSE_NANOS = 500_000;

  /** Why a thread cannot be disturbed, however often it is tried. */
  static final class ImpossibleException extends Exception {
    private static final long serialVersionUID = 1L;

    ImpossibleException(String reason) {
      super(reason);
    }
  }

  private final String participle;

  Disturbance(String participle) {
    this.participle = participle;
  }

  /** Returns what has been done to a thread, as a participle. */
  @Override
  public String toString() {
    return participle;
  }

  /**
   * Disturbs a call that has arrived at its point.
   *
   * @param deadline when to give up, by {@link System#nanoTime}
   * @return whether it has certainly been disturbed while it was held
   * @throws ImpossibleException if that is not to be had here
   */
  boolean disturb(HeldCall call, long deadline) throws ImpossibleException {
    return switch (this) {
      case MIGRATION -> migrate(call);
      case PREEMPTION -> preempt(call, deadline);
      case SIGNAL -> signal(call, deadline);
    };
  }

  private static boolean migrate(HeldCall call) throws ImpossibleException {
    requirePinned(call.pinning());
    BitSet others = CpuSet.allowed().ids();
    others.clear(call.cpu());
    if (others.isEmpty()) {
      throw new ImpossibleException("the process may run on CPU %d only".formatted(call.cpu()));
    }
    requirePinned(Threads.setAffinity(call.tid(), CpuSet.of(others.nextSetBit(0))));
    return call.held();
  }

  private static boolean preempt(HeldCall call, long deadline) throws ImpossibleException {
    requirePinned(call.pinning());
    long before = Threads.involuntarySwitches(call.tid());
    if (before < 0) {
      throw new ImpossibleException("/proc does not say how often a thread was preempted");
    }
    try (Competitor _ = new Competitor(call.cpu())) {
      while (call.held() && System.nanoTime() - deadline < 0) {
        LockSupport.parkNanos(PAUSE_NANOS);
        if (Threads.involuntarySwitches(call.tid()) > before && call.held()) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean signal(HeldCall call, long deadline) throws ImpossibleException {
    // Ignored it would be dropped; without a handler it would end the process.
    if (!Threads.hasHandler(Threads.SIGPIPE)) {
      throw new ImpossibleException("the process has no handler for SIGPIPE");
    }
    int result = Threads.tgkill(call.tid(), Threads.SIGPIPE);
    if (result != 0) {
      throw new ImpossibleException("tgkill fails with " + Errno.describe(-result));
    }
    while (call.held() && System.nanoTime() - deadline < 0) {
      if (!Threads.isPending(call.tid(), Threads.SIGPIPE) && call.held()) {
        return true;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return false;
  }

  private static void requirePinned(int result) throws ImpossibleException {
    if (result != 0) {
      throw new ImpossibleException("sched_setaffinity fails with " + Errno.describe(-result));
    }
  }
}
