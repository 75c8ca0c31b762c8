package io.github.rseq4j.surroundings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.rseq4j.internal.linux.Arch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * Stops threads of another process as a debugger does ({@code ptrace(2)}), and goes on with them
 * step by step. It is for one thread, as the kernel is.
 */
final class Tracer implements AutoCloseable {
  private static final long PEEK_TEXT = 1;
  private static final long PEEK_USER = 3;
  private static final long CONTINUE = 7;
  private static final long SINGLESTEP = 9;
  private static final long DETACH = 17;
  private static final long SEIZE = 0x4206;
  private static final long INTERRUPT = 0x4207;

  private static final long WNOHANG = 1;
  private static final long ALL_THREADS = 0x40000000; // __WALL

  private static final int SIGTRAP = 5;

  /** The offset of rip in {@code struct user} of x86-64 ({@code sys/user.h}). */
  private static final long RIP = 128;

  private static final byte PUSHF = (byte) 0x9c;

  /** After so many looks, a thread that makes a step is taken to wait in the kernel. */
  private static final int LOOKS = 200;

  private static final int LOOKS_AT_ONCE = 50;
  private static final long PAUSE_NANOS = 50_000;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment status = arena.allocate(JAVA_INT);
  private final MemorySegment word = arena.allocate(JAVA_LONG);
  private int steps;

  /** Returns how many steps were made; 0 too if the processor cannot. */
  int steps() {
    return steps;
  }

  /**
   * Stops a thread, has it make some steps, and lets it go.
   *
   * @param count how many steps at most: fewer if it waits in the kernel, or must not be stepped
   * @return 0, or a negative error number if it cannot be traced
   */
  int trace(int tid, int count) throws IOException {
    int result = (int) TestCall.PTRACE.call(SEIZE, tid, 0, 0);
    if (result != 0) {
      return result;
    }
    boolean stopped = interrupt(tid);
    for (int i = 0; stopped && i < count && !wouldPushTrapFlag(tid); i++) {
      if (TestCall.PTRACE.call(SINGLESTEP, tid, 0, signal()) != 0) {
        break;
      }
      steps++;
      if (!awaitStep(tid)) {
        stopped = interrupt(tid) && takeTrap(tid);
        break;
      }
      stopped = isStopped();
    }
    if (stopped) {
      TestCall.PTRACE.call(DETACH, tid, 0, signal());
    }
    return 0;
  }

  /** Returns false if the thread has ended. */
  private boolean interrupt(int tid) {
    TestCall.PTRACE.call(INTERRUPT, tid, 0, 0);
    return await(tid, 0) == tid && isStopped();
  }

  /**
   * Returns whether the next instruction pushes the flags of x86-64, among them the one that makes
   * it a step. Popped later, when nobody traces the thread, that one would end the process.
   */
  private boolean wouldPushTrapFlag(int tid) {
    return Arch.current().filter(arch -> arch == Arch.X86_64).isPresent()
        && TestCall.PTRACE.call(PEEK_USER, tid, RIP, word.address()) == 0
        && TestCall.PTRACE.call(PEEK_TEXT, tid, word.get(JAVA_LONG, 0), word.address()) == 0
        && word.get(JAVA_BYTE, 0) == PUSHF;
  }

  /**
   * Takes the signal that the step of a stopped thread has brought meanwhile: it would end the
   * process. Returns false if the thread has ended.
   */
  private boolean takeTrap(int tid) throws IOException {
    String pending = Surroundings.status(tid, "SigPnd");
    if ((Long.parseUnsignedLong(pending, 16) >>> (SIGTRAP - 1) & 1) == 0) {
      return true;
    }
    TestCall.PTRACE.call(CONTINUE, tid, 0, 0);
    return await(tid, 0) == tid && isStopped();
  }

  private boolean awaitStep(int tid) {
    for (int look = 0; look < LOOKS; look++) {
      if (await(tid, WNOHANG) != 0) {
        return true;
      }
      if (look >= LOOKS_AT_ONCE) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    return false;
  }

  private long await(int tid, long options) {
    status.set(JAVA_INT, 0, 0);
    return TestCall.WAIT4.call(tid, status.address(), ALL_THREADS | options, 0);
  }

  /** WIFSTOPPED. */
  private boolean isStopped() {
    return (status.get(JAVA_INT, 0) & 0xff) == 0x7f;
  }

  /** Returns the signal that has stopped the thread, if it was one, for the thread to have it. */
  private int signal() {
    int stopped = status.get(JAVA_INT, 0);
    int signal = stopped >> 8 & 0xff;
    return stopped >>> 16 != 0 || signal == SIGTRAP ? 0 : signal;
  }

  @Override
  public void close() {
    arena.close();
  }
}
