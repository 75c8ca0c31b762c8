package io.github.rseq4j.percpu;

import java.lang.foreign.MemorySegment;

/** Receives the records that are read from a {@link PerCpuRingBuffer}. */
@FunctionalInterface
public interface RecordHandler {
  /**
   * Receives one record. If this method throws, the record stays in the buffer and is delivered
   * again by the next read.
   *
   * @param type the type id that the writer gave
   * @param buffer read-only memory that contains the record; its bytes may be used until this
   *     method returns, and mean nothing afterwards
   * @param offset where the record's bytes begin in {@code buffer}, a multiple of 8
   * @param length how many bytes it has, at least 0
   */
  void onRecord(int type, MemorySegment buffer, long offset, int length);
}
