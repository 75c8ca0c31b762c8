package io.github.rseq4j.internal.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * The system call {@code membarrier} ({@code linux/membarrier.h}), by which a thread makes the
 * others of its process restart the sequences that they are in (since Linux 5.10).
 *
 * <p>Results are those of the kernel, a failure being the negative number of {@link Errno}.
 */
public final class Membarrier {
  private static final int QUERY = 0;
  private static final int PRIVATE_EXPEDITED_RSEQ = 1 << 7;
  private static final int REGISTER_PRIVATE_EXPEDITED_RSEQ = 1 << 8;
  private static final int FLAG_CPU = 1;

  /** The names of the commands, by bit in the mask that {@link #query()} gives. */
  private static final List<String> COMMANDS =
      List.of(
          "GLOBAL",
          "GLOBAL_EXPEDITED",
          "REGISTER_GLOBAL_EXPEDITED",
          "PRIVATE_EXPEDITED",
          "REGISTER_PRIVATE_EXPEDITED",
          "PRIVATE_EXPEDITED_SYNC_CORE",
          "REGISTER_PRIVATE_EXPEDITED_SYNC_CORE",
          "PRIVATE_EXPEDITED_RSEQ",
          "REGISTER_PRIVATE_EXPEDITED_RSEQ",
          "GET_REGISTRATIONS");

  /**
   * What {@code membarrier} can do here.
   *
   * @param rseq whether sequences can be fenced, once {@link #registerRseq()} has been called
   * @param commands the names of all its commands, without the prefix {@code MEMBARRIER_CMD_}
   * @param reason why not, if {@code rseq} is false, and what to change; else empty
   */
  public record Support(boolean rseq, List<String> commands, String reason) {
    /** Copies the list. */
    public Support {
      commands = List.copyOf(commands);
    }
  }

  private Membarrier() {}

  /** Finds out what can be done; changes nothing. */
  public static Support support() {
    var unavailable = Libc.unavailable();
    return unavailable.isPresent()
        ? new Support(false, List.of(), unavailable.get())
        : support(query());
  }

  /** The meaning of a result of {@link #query()}. */
  static Support support(int query) {
    if (query < 0) {
      return new Support(
          false,
          List.of(),
          "membarrier fails with %s: an old or emulated kernel, or a seccomp filter has to allow it"
              .formatted(Errno.describe(-query)));
    }
    boolean rseq = (query & PRIVATE_EXPEDITED_RSEQ) != 0;
    return new Support(
        rseq,
        names(query),
        rseq
            ? ""
            : "membarrier has no command PRIVATE_EXPEDITED_RSEQ: it takes Linux 5.10 with rseq");
  }

  private static List<String> names(int mask) {
    var names = new ArrayList<String>();
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      if ((mask & 1 << bit) != 0) {
        names.add(bit < COMMANDS.size() ? COMMANDS.get(bit) : "1 << " + bit);
      }
    }
    return names;
  }

  /** The commands that the kernel has: a mask of bits, or {@code -errno}. */
  public static int query() {
    return (int) SystemCall.MEMBARRIER.call(QUERY, 0, 0);
  }

  /** Announces that this process is going to fence sequences; again does no harm. */
  public static int registerRseq() {
    return (int) SystemCall.MEMBARRIER.call(REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0);
  }

  /**
   * Makes every other running thread of this process restart the sequence it is in, if any. Once
   * this has returned 0, whatever another thread's sequence read before is forgotten or has been
   * committed, and sequences that begin later see all that the caller wrote before.
   *
   * @return {@code -EPERM} if {@link #registerRseq()} has not been called
   */
  public static int fenceRseq() {
    return (int) SystemCall.MEMBARRIER.call(PRIVATE_EXPEDITED_RSEQ, 0, 0);
  }

  /**
   * Does what {@link #fenceRseq()} does for threads that run on one CPU. That one is offline or
   * does not exist is no error to the kernel: nothing runs there.
   *
   * @return {@code -EPERM} if {@link #registerRseq()} has not been called
   * @throws IllegalArgumentException if {@code cpu} is negative
   */
  public static int fenceRseq(int cpu) {
    if (cpu < 0) {
      throw new IllegalArgumentException("CPU %d is negative".formatted(cpu));
    }
    return (int) SystemCall.MEMBARRIER.call(PRIVATE_EXPEDITED_RSEQ, FLAG_CPU, cpu);
  }
}
