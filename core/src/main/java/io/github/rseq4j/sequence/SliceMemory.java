package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;

/**
 * The slice that an interpreted sequence works on; offsets are in bytes from its start, and have
 * been checked.
 */
interface SliceMemory {
  /** Returns the size of the slice in bytes. */
  long size();

  /** Loads, zero-extended; if {@code acquire}, no later access moves before it. */
  long load(Width width, long offset, boolean acquire);

  /** Stores the low bits of a value. */
  void store(Width width, long offset, long value);

  /** Stores the low bits of a value as one word; if {@code release}, no access moves after it. */
  void commit(Width width, long offset, long value, boolean release);

  /** Copies the first {@code bytes} bytes of {@code source} to {@code offset}. */
  void copyIn(long offset, MemorySegment source, long bytes);

  /** Copies {@code bytes} bytes at {@code offset} to the start of {@code destination}. */
  void copyOut(MemorySegment destination, long offset, long bytes);
}
