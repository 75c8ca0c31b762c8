package io.github.rseq4j.internal.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/**
 * Threads as the kernel sees them, for tests and tools that disturb them.
 *
 * <p>A virtual thread has no number of its own: it is told that of the thread that carries it at
 * that moment, and may have another carrier by the time of the next call.
 *
 * <p>Results are those of the kernel, a failure being the negative number of {@link Errno}.
 */
public final class Threads {
  private Threads() {}

  /** The kernel's number of the calling thread. */
  public static int gettid() {
    return (int) SystemCall.GETTID.call();
  }

  /**
   * Restricts a thread to some CPUs. A running thread that is on another one has left it when this
   * returns.
   *
   * @param tid a thread's number; 0 for the calling thread
   * @return 0, or {@code -EINVAL} if none of the CPUs is online and allowed
   */
  public static int setAffinity(int tid, CpuSet cpus) {
    long[] mask = cpus.ids().toLongArray();
    try (var arena = Arena.ofConfined()) {
      var memory = arena.allocateFrom(ValueLayout.JAVA_LONG, mask);
      return (int) SystemCall.SCHED_SETAFFINITY.call(tid, memory.byteSize(), memory.address());
    }
  }

  /**
   * The CPUs that a thread may run on.
   *
   * @param tid a thread's number; 0 for the calling thread
   * @throws IllegalStateException if the kernel does not say, with its reason
   */
  public static CpuSet getAffinity(int tid) {
    try (var arena = Arena.ofConfined()) {
      // The kernel refuses a mask that is too short for the CPUs it could have.
      MemorySegment mask = arena.allocate(ValueLayout.JAVA_LONG, CpuSet.MAX_BOUND / Long.SIZE);
      long bytes = SystemCall.SCHED_GETAFFINITY.call(tid, mask.byteSize(), mask.address());
      if (bytes < 0) {
        throw new IllegalStateException(
            "the affinity of thread %d: %s".formatted(tid, Errno.describe((int) -bytes)));
      }
      return new CpuSet(BitSet.valueOf(mask.asSlice(0, bytes).toArray(ValueLayout.JAVA_LONG)));
    }
  }

  /**
   * Sends a signal to a thread of this process. One that the process ignores, explicitly or by
   * default, the kernel drops at once: the thread is not disturbed.
   *
   * @param tid the thread's number
   * @param signal the signal's number; 0 only asks whether there is such a thread
   * @return 0, or {@code -ESRCH} if there is no such thread
   */
  public static int tgkill(int tid, int signal) {
    return (int) SystemCall.TGKILL.call(ProcessHandle.current().pid(), tid, signal);
  }
}
