package io.github.rseq4j.surroundings;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.rseq4j.internal.linux.Threads;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** The signals of a profiler that does nothing when they come. */
final class Profiling {
  static final int SIGPROF = 27;

  private static final long ITIMER_PROF = 2;
  private static final long INTERVAL_MICROS = 1000;
  private static final long MASK_BYTES = 8;

  /** Enough for the kernel's {@code struct sigaction} of any processor. */
  private static final long ACTION_BYTES = 64;

  private Profiling() {}

  /**
   * Has SIGPROF handled in this process, and sent to it for each millisecond of processor time.
   *
   * <p>The handler is {@code abs}, which takes a number too, and harms nobody. All else is as the
   * JVM has it for SIGPIPE.
   */
  static void start() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(ACTION_BYTES, JAVA_LONG.byteAlignment());
      Denial.require(
          "rt_sigaction",
          TestCall.RT_SIGACTION.call(Threads.SIGPIPE, 0, action.address(), MASK_BYTES));
      MemorySegment handler = Linker.nativeLinker().defaultLookup().findOrThrow("abs");
      action.set(JAVA_LONG, 0, handler.address());
      Denial.require(
          "rt_sigaction", TestCall.RT_SIGACTION.call(SIGPROF, action.address(), 0, MASK_BYTES));
      // struct itimerval: the interval, then the first time, each in seconds and microseconds
      MemorySegment timer = arena.allocateFrom(JAVA_LONG, 0, INTERVAL_MICROS, 0, INTERVAL_MICROS);
      Denial.require("setitimer", TestCall.SETITIMER.call(ITIMER_PROF, timer.address(), 0));
    }
  }
}
