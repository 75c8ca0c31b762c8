package io.github.rseq4j.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The rseq area that the C library keeps for each thread: glibc 2.35 and later, and those before it
 * to which the same was ported back ({@code sys/rseq.h}).
 *
 * @param offset {@code __rseq_offset}: from the thread pointer to the area, in bytes
 * @param size {@code __rseq_size}: 0 if the library does not register its threads (it was told so
 *     with {@code GLIBC_TUNABLES=glibc.pthread.rseq=0}, or the kernel refused), while the area is
 *     there all the same; else its own notion, differing by version, of how much is in use: {@link
 *     KernelRseq#usableFeatures} makes sense of it
 * @param flags {@code __rseq_flags}: those given at registration, so far 0
 */
public record LibcRseq(long offset, int size, int flags) {
  /**
   * Finds the area of this process's C library.
   *
   * @return empty if it has none, or if native calls are {@linkplain Libc#unavailable()
   *     unavailable}
   */
  public static Optional<LibcRseq> find() {
    var offset = Libc.find("__rseq_offset");
    var size = Libc.find("__rseq_size");
    var flags = Libc.find("__rseq_flags");
    if (offset.isEmpty() || size.isEmpty() || flags.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new LibcRseq(
            variable(offset.get(), JAVA_LONG.byteSize()).get(JAVA_LONG, 0),
            variable(size.get(), JAVA_INT.byteSize()).get(JAVA_INT, 0),
            variable(flags.get(), JAVA_INT.byteSize()).get(JAVA_INT, 0)));
  }

  /** Whether the C library registers each thread as it starts. */
  public boolean registersThreads() {
    return size != 0;
  }

  @SuppressWarnings("restricted") // their types are given in sys/rseq.h
  private static MemorySegment variable(MemorySegment symbol, long bytes) {
    return symbol.reinterpret(bytes);
  }
}
