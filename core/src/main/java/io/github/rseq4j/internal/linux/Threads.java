package io.github.rseq4j.internal.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
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
  /**
   * The signal for a write that nobody reads ({@code asm-generic/signal.h}). The JVM has a handler
   * for it that does nothing, so that it disturbs a thread and is harmless.
   */
  public static final int SIGPIPE = 13;

  private static final Path SELF = Path.of("/proc/self");

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

  /**
   * Returns how often the kernel has taken the CPU from a thread of this process that could have
   * gone on: {@code nonvoluntary_ctxt_switches} of proc(5).
   *
   * @return -1 if {@code /proc} does not say
   */
  public static long involuntarySwitches(int tid) {
    return ProcFile.field(status(tid), "nonvoluntary_ctxt_switches")
        .map(Long::parseLong)
        .orElse(-1L);
  }

  /**
   * Returns whether a signal sent to a thread of this process has not been delivered yet ({@code
   * SigPnd} of proc(5)); also true if {@code /proc} does not say.
   */
  public static boolean isPending(int tid, int signal) {
    return ProcFile.field(status(tid), "SigPnd").map(mask -> has(mask, signal)).orElse(true);
  }

  /**
   * Returns whether this process has a handler for a signal ({@code SigCgt} of proc(5)); false if
   * {@code /proc} does not say.
   */
  public static boolean hasHandler(int signal) {
    return ProcFile.field(SELF.resolve("status"), "SigCgt")
        .map(mask -> has(mask, signal))
        .orElse(false);
  }

  private static Path status(int tid) {
    return SELF.resolve("task", Integer.toString(tid), "status");
  }

  /** In a mask, the lowest bit is signal 1. */
  private static boolean has(String mask, int signal) {
    return (Long.parseUnsignedLong(mask, 16) >>> (signal - 1) & 1) != 0;
  }
}
