package io.github.rseq4j.cli;

import io.github.rseq4j.percpu.RecordHandler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/**
 * Folds records into a few numbers that are the same in whatever order the records come, and others
 * if one is missing, comes twice, or has changed.
 *
 * <p>The checksum adds up, for each record, the CRC32C of its bytes times an odd number that its
 * type id determines.
 */
final class RecordFold implements RecordHandler {
  private final CRC32C crc = new CRC32C();
  private final byte[] copy = new byte[Block.MAX_RECORD];
  private long records;
  private long bytes;
  private long checksum;

  /** What records come to. */
  record RecordTally(long records, long bytes, long checksum) {}

  @Override
  public void onRecord(int type, MemorySegment buffer, long offset, int length) {
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
    add(type, copy, 0, length);
  }

  /** Adds the record that is part of an array. */
  void add(int type, byte[] source, int offset, int length) {
    crc.reset();
    crc.update(source, offset, length);
    records++;
    bytes += length;
    checksum += crc.getValue() * (2 * Integer.toUnsignedLong(type) + 1);
  }

  /** Returns what the records so far come to. */
  RecordTally tally() {
    return new RecordTally(records, bytes, checksum);
  }
}
