package io.github.rseq4j.internal.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Executable memory for code made at run time, with some data beside it.
 *
 * <p>Safe for use by many threads. One for a process is enough, as each takes a chunk of its own.
 */
public final class CodeSpace {
  /*
   * Memory is reserved in chunks, inaccessible at first:
   *
   *   | data page | code, whole pages | code, whole pages | ...    not yet used    |
   *   |    rw-    |        r-x        |        r-x        |          ---           |
   *
   * The data page is dealt out in cells of one cache line, one for each piece of code, for what
   * the code counts or looks at. It lies in the same chunk so that code can address it relative to
   * the instruction pointer.
   *
   * Code gets whole pages so that none is ever writable and executable at once, nor executable
   * code ever writable again: a page is made writable, filled, and made executable for good.
   *
   * Nothing is ever unmapped or used a second time. The kernel clears rseq_cs lazily: long after a
   * sequence has ended, its thread's rseq_cs may still point at the descriptor, which is part of
   * what is installed here, and the kernel reads that whenever it next preempts the thread or
   * delivers a signal to it. If it were unmapped by then the kernel would kill the process; if
   * something else were there, it might restart code that is no sequence. The price is a page or
   * so for each distinct sequence of a program, which is a matter of kilobytes.
   *
   * x86-64 keeps its instruction cache coherent, and a thread that gets to know an address through
   * a properly published object executes what was written before. AArch64 and RISC-V do not: there
   * the caches are flushed for each piece, by code that is itself installed here first. For that
   * code the kernel does it, when it maps memory executable (__sync_icache_dcache in
   * arch/arm64/mm/flush.c, flush_icache_pte in arch/riscv/mm/cacheflush.c); but it does so once for
   * each folio, which may hold pages that are written later. Other processors need no more, since
   * nothing was ever fetched from these addresses.
   */

  private static final long CHUNK_BYTES = 1L << 20;
  private static final long CELL_BYTES = 64;

  private long nextCell;
  private long cellsEnd;
  private long nextCode;
  private long codeEnd;

  private Flush flush = (_, _) -> {};

  /** Makes a space without any memory: the first installation reserves some. */
  public CodeSpace() {}

  /** Makes the processor fetch what was written. */
  @FunctionalInterface
  public interface Flush {
    /** Does so for the code between two addresses. */
    void flush(long start, long end);
  }

  /** Has the caches flushed for every piece of code that is installed from here on. */
  public synchronized void flushWith(Flush flush) {
    this.flush = flush;
  }

  /** Writes code into its place. */
  @FunctionalInterface
  public interface Writer {
    /**
     * Writes the code for these addresses.
     *
     * @param destination where to write, zeroed; valid only during this call
     * @param codeAddress the address of its first byte, aligned to a page
     * @param dataAddress the address of the code's data cell, less than 2 GiB away
     */
    void write(MemorySegment destination, long codeAddress, long dataAddress);
  }

  /**
   * Code that is in place for as long as the process lives.
   *
   * @param entry the address of its first byte
   * @param data its cell: 64 bytes, zero at first, alone in their cache line
   */
  public record Installed(long entry, MemorySegment data) {}

  /**
   * Installs code.
   *
   * @param codeBytes its size, descriptors included
   * @param writer called once, under this object's lock; if it throws, nothing is installed
   * @throws CodeSpaceException if the memory cannot be had or be made executable
   * @throws IllegalArgumentException if the size is not positive or does not fit into a chunk
   */
  @SuppressWarnings("restricted") // only memory of the chunk
  public synchronized Installed install(int codeBytes, Writer writer) throws CodeSpaceException {
    var unavailable = Libc.unavailable();
    if (unavailable.isPresent()) {
      throw new CodeSpaceException(unavailable.get(), Errno.ENOSYS);
    }
    long page = Libc.pageSize();
    long capacity = CHUNK_BYTES - page;
    if (codeBytes < 1 || codeBytes > capacity) {
      throw new IllegalArgumentException(
          "%d bytes of code: not between 1 and %d".formatted(codeBytes, capacity));
    }
    long bytes = (codeBytes + page - 1) & -page;
    if (bytes > codeEnd - nextCode || nextCell == cellsEnd) {
      reserveChunk(page);
    }
    protect(nextCode, bytes, Libc.PROT_READ | Libc.PROT_WRITE, "writable");
    try (var arena = Arena.ofConfined()) {
      var pages = MemorySegment.ofAddress(nextCode).reinterpret(bytes, arena, null);
      pages.fill((byte) 0); // an installation that failed may have left something
      writer.write(pages.asSlice(0, codeBytes), nextCode, nextCell);
    }
    protect(nextCode, bytes, Libc.PROT_READ | Libc.PROT_EXEC, "executable");
    flush.flush(nextCode, nextCode + bytes);
    var installed =
        new Installed(nextCode, MemorySegment.ofAddress(nextCell).reinterpret(CELL_BYTES));
    nextCode += bytes;
    nextCell += CELL_BYTES;
    return installed;
  }

  private void reserveChunk(long page) throws CodeSpaceException {
    long chunk = Libc.mmap(CHUNK_BYTES, Libc.PROT_NONE);
    if (chunk < 0) {
      throw new CodeSpaceException(
          "reserving %d bytes for code failed with %s"
              .formatted(CHUNK_BYTES, Errno.describe((int) -chunk)),
          (int) -chunk);
    }
    protect(chunk, page, Libc.PROT_READ | Libc.PROT_WRITE, "writable");
    nextCell = chunk;
    cellsEnd = chunk + page;
    nextCode = chunk + page;
    codeEnd = chunk + CHUNK_BYTES;
  }

  private static void protect(long address, long bytes, int protection, String wanted)
      throws CodeSpaceException {
    int errno = -Libc.mprotect(address, bytes, protection);
    if (errno != 0) {
      throw new CodeSpaceException(
          "making %d bytes for code %s failed with %s%s"
              .formatted(
                  bytes,
                  wanted,
                  Errno.describe(errno),
                  errno == Errno.EACCES || errno == Errno.EPERM
                      ? ": look at SELinux's execmem, MemoryDenyWriteExecute, and seccomp filters"
                      : ""),
          errno);
    }
  }
}
