package io.github.rseq4j.internal.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Anonymous memory: address space of which a page becomes memory when it is first touched, and
 * which is given back when nobody can reach it any more.
 */
public final class Mapping {
  /*
   * Memory goes when the collector has found its segment unreachable, but the collector does not
   * see how much hangs on that small object. So it is run when as much is reserved as the heap may
   * hold, and then whenever that has doubled; and when the kernel has no more.
   */
  private static final AtomicLong RESERVED = new AtomicLong();

  private static volatile long threshold = Runtime.getRuntime().maxMemory();

  /** How often to collect, and wait for what that unmaps, before giving up. */
  private static final int TRIES = 8;

  private static final long PAUSE_NANOS = 1_000_000;

  private Mapping() {}

  /**
   * Reserves zeroed memory, readable and writable by every thread, aligned to a page.
   *
   * <p>It is unmapped some time after the segment, its slices and all made of them have become
   * unreachable. Code that works on a bare address has to keep the segment reachable meanwhile.
   *
   * @param bytes the size, at least 1
   * @throws OutOfMemoryError if the kernel refuses, with its reason
   * @throws UnsupportedOperationException if native calls are {@linkplain Libc#unavailable()
   *     unavailable}
   */
  @SuppressWarnings("restricted") // exactly the memory that was mapped
  public static MemorySegment reserve(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("%d bytes: at least 1 is needed".formatted(bytes));
    }
    Libc.unavailable()
        .ifPresent(
            reason -> {
              throw new UnsupportedOperationException(reason);
            });
    collectIfDue(RESERVED.addAndGet(bytes));
    long address = map(bytes);
    if (address < 0) {
      RESERVED.addAndGet(-bytes);
      throw new OutOfMemoryError(
          "reserving %d bytes of address space failed with %s"
              .formatted(bytes, Errno.describe((int) -address)));
    }
    return MemorySegment.ofAddress(address)
        .reinterpret(bytes, Arena.ofAuto(), _ -> unmap(address, bytes));
  }

  private static long map(long bytes) {
    long result = -Errno.ENOMEM;
    for (int tries = 0; result == -Errno.ENOMEM && tries <= TRIES; tries++) {
      if (tries > 0) {
        System.gc();
        LockSupport.parkNanos(PAUSE_NANOS << tries);
      }
      result = Libc.mmap(bytes, Libc.PROT_READ | Libc.PROT_WRITE);
    }
    return result;
  }

  private static void unmap(long address, long bytes) {
    Libc.munmap(address, bytes);
    RESERVED.addAndGet(-bytes);
  }

  private static void collectIfDue(long reserved) {
    if (reserved > threshold) {
      System.gc();
      threshold = Math.max(Runtime.getRuntime().maxMemory(), 2 * RESERVED.get());
    }
  }
}
