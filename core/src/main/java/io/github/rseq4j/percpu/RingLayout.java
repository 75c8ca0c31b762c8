package io.github.rseq4j.percpu;

import io.github.rseq4j.sequence.Address;

/**
 * A slice that is a ring buffer.
 *
 * <pre>
 *     0        8        16       24       32        40      48     128      136        256
 *    +--------+--------+--------+--------+---------+-------+- ... -+--------+-- ... ---+---------
 *    |  tail  |  lost  | state  | oldest | written | limit |       |  head  |          |  data
 *    +--------+--------+--------+--------+---------+-------+- ... -+--------+-- ... ---+---------
 *     written by this CPU, but for state                         written by the reader
 *
 *    data:  capacity bytes, and behind them room for the end of the last record
 *
 *    a record, aligned to 8 bytes:
 *     0                4                8                        8 + length
 *    +----------------+----------------+-- ... -----------------+-- padding to 8
 *    | state, length  |      type      |  bytes                 |
 *    +----------------+----------------+-- ... -----------------+--
 *
 *    a record of a ring that overwrites:
 *     0                4                8                16                       16 + length
 *    +----------------+----------------+----------------+-- ... -----------------+-- padding to 8
 *    |     length     |      type      |     number     |  bytes                 |
 *    +----------------+----------------+----------------+-- ... -----------------+--
 * </pre>
 *
 * <p>{@code state} is written outside of sequences, and seldom.
 *
 * <p>{@code tail}, {@code oldest} and {@code head} are positions: bytes that were ever reserved,
 * ever overwritten and ever consumed. Position {@code p} is at {@code data + p % capacity}. A
 * record that begins before the end of the ring goes on behind it, in one piece; the bytes at the
 * start of the ring that have the same positions then lie idle, so no record has to be split and
 * none to be padded.
 *
 * <p>A ring that overwrites has {@code oldest} and {@code written} where one that discards has
 * {@code head} and {@code limit}, a tail beyond which {@code head} has to be looked at again. In
 * it, the number of the record that is to come is at {@code tail} already.
 */
final class RingLayout {
  static final Address TAIL = Address.of("tail", 0);
  static final Address LOST = Address.of("lost", TAIL.displacement() + Long.BYTES);
  static final Address STATE = Address.of("state", LOST.displacement() + Long.BYTES);

  static final Address OLDEST = Address.of("oldest", STATE.displacement() + Long.BYTES);
  static final Address WRITTEN = Address.of("written", OLDEST.displacement() + Long.BYTES);

  static final Address LIMIT = Address.of("limit", WRITTEN.displacement() + Long.BYTES);

  /** The state of a ring that takes records, and of which nobody waits for any. */
  static final int OPEN = 0;

  /** The state of a ring whose reader waits for a record. */
  static final int WAITED = 2;

  /** The state of a ring that takes no more records. */
  static final int CLOSED = 3;

  /** Processors fetch cache lines in pairs. */
  private static final int LINES = 128;

  static final Address HEAD = Address.of("head", LINES);
  static final Address DATA = Address.of("data", HEAD.displacement() + LINES);

  static final int HEADER_BYTES = Long.BYTES;

  /** Where the number of a record is, from where the record is. */
  static final Address NUMBER = Address.of("number", DATA.displacement() + HEADER_BYTES);

  static final int NUMBERED_HEADER_BYTES = HEADER_BYTES + Long.BYTES;
  static final int RECORD_ALIGNMENT = Long.BYTES;

  /** The bits of state and length that are the length; the others are 0 for a complete record. */
  static final int LENGTH_MASK = (1 << 30) - 1;

  /** The space was claimed and is being filled. */
  private static final int CLAIMED = 1 << 31;

  /** The claim was given up: there is no record, only its space. */
  private static final int ABANDONED = 1 << 30;

  /** What part of the capacity the longest record may take. */
  private static final int LENGTH_FRACTION = 4;

  private RingLayout() {}

  /** Returns the header of a record that can be read. */
  static long header(int type, int length) {
    return (long) type << Integer.SIZE | length;
  }

  /** Returns the header of a record that is being filled. */
  static long claimedHeader(int type, int length) {
    return (long) type << Integer.SIZE | Integer.toUnsignedLong(length | CLAIMED);
  }

  /** Returns the header of space without a record. */
  static long abandonedHeader(int length) {
    return Integer.toUnsignedLong(length | ABANDONED);
  }

  static boolean isClaimed(long header) {
    return ((int) header & CLAIMED) != 0;
  }

  static boolean isAbandoned(long header) {
    return ((int) header & ABANDONED) != 0;
  }

  static boolean isComplete(long header) {
    return !isClaimed(header) && !isAbandoned(header);
  }

  static int length(long header) {
    return (int) header & LENGTH_MASK;
  }

  static int type(long header) {
    return (int) (header >> Integer.SIZE);
  }

  /** Returns how many bytes of the ring a record takes. */
  static long recordBytes(int length) {
    return aligned(HEADER_BYTES, length);
  }

  /** Returns how many bytes of the ring a record with a number takes. */
  static long numberedBytes(int length) {
    return aligned(NUMBERED_HEADER_BYTES, length);
  }

  private static long aligned(int headerBytes, int length) {
    return ((long) headerBytes + length + RECORD_ALIGNMENT - 1) & -RECORD_ALIGNMENT;
  }

  /** Returns the length of the longest record for a capacity. */
  static int maxLength(int capacity) {
    return capacity / LENGTH_FRACTION;
  }

  /** Returns the smallest slice for a capacity. */
  static long sliceBytes(int capacity, int maxLength) {
    return DATA.displacement() + dataBytes(capacity, maxLength);
  }

  /** Returns the size of the data for a capacity. */
  static long dataBytes(int capacity, int maxLength) {
    return capacity + numberedBytes(maxLength);
  }
}
