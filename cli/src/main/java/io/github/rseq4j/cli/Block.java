package io.github.rseq4j.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A piece of a file in memory, and the records that it consists of.
 *
 * <p>A record is a line with its end, or of a longer one {@value #MAX_RECORD} bytes at a time; a
 * line that goes on in the next block makes a record in each. So every byte is in one record.
 */
final class Block {
  /** How long a block is at most, in bytes. */
  static final int SIZE = 1 << 14;

  /** How long a record is at most, in bytes. */
  static final int MAX_RECORD = 256;

  private final byte[] bytes = new byte[SIZE];
  private final int[] ends = new int[SIZE];
  private int length;
  private int records;
  private long position;

  /**
   * Fills this block from a file.
   *
   * @param channel the file
   * @param offset where in the file
   * @param length how many bytes, at most {@value #SIZE}
   * @param position where in all of the input
   * @return whether the file was long enough
   */
  boolean read(FileChannel channel, long offset, int length, long position) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        return false;
      }
    }
    this.length = length;
    this.position = position;
    this.records = 0;
    return true;
  }

  /** Cuts this block into records. */
  void cut() {
    records = 0;
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n' || i + 1 - start == MAX_RECORD || i + 1 == length) {
        start = i + 1;
        ends[records++] = start;
      }
    }
  }

  /** Returns the bytes, of which the first {@link #length()} are those of the file. */
  byte[] bytes() {
    return bytes;
  }

  /** Returns how many bytes there are. */
  int length() {
    return length;
  }

  /** Returns how many records there are, 0 before {@link #cut()}. */
  int records() {
    return records;
  }

  /** Returns where a record begins in this block. */
  int start(int record) {
    return record == 0 ? 0 : ends[record - 1];
  }

  /** Returns where a record ends in this block. */
  int end(int record) {
    return ends[record];
  }

  /** Returns where a record begins in all of the input, modulo 2^32: its type id. */
  int type(int record) {
    return (int) (position + start(record));
  }
}
