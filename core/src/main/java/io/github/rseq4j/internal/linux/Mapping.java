package io.github.rseq4j.internal.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Anonymous memory: address space of which a page becomes memory when it is first touched, and
 * which is given back when nobody can reach it any more.
 */
public final class Mapping {
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
    long address = Libc.mmap(bytes, Libc.PROT_READ | Libc.PROT_WRITE);
    if (address < 0) {
      throw new OutOfMemoryError(
          "reserving %d bytes of address space failed with %s"
              .formatted(bytes, Errno.describe((int) -address)));
    }
    return MemorySegment.ofAddress(address)
        .reinterpret(bytes, Arena.ofAuto(), _ -> Libc.munmap(address, bytes));
  }
}
