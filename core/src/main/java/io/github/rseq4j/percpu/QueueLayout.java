package io.github.rseq4j.percpu;

import io.github.rseq4j.sequence.Address;

/**
 * A slice that deals out the places of a queue. What is in them are references, which machine code
 * cannot store: they are in an array beside, this CPU's part of the queue.
 *
 * <pre>
 *     0        8        16       24         32           128      136
 *    +--------+--------+--------+----------+-- ... -----+--------+
 *    |  tail  | limit  | route  | capacity |            |  head  |
 *    +--------+--------+--------+----------+-- ... -----+--------+
 *     written by this CPU        once                    written by the consumer
 *
 *    route, and a claim, which is a route plus a place:
 *     63        32   31        30                  0
 *    +------------+---------+----------------------+
 *    | slice + 1  | awaited | index of the place   |
 *    +------------+---------+----------------------+
 *
 *    the part:
 *     0                 padding              padding + capacity
 *    +-- ... ----------+-- ... -------------+-- ... ----------+
 *    |   never used    |  places            |   never used    |
 *    +-- ... ----------+-- ... -------------+-- ... ----------+
 * </pre>
 *
 * <p>{@code tail} and {@code head} are positions: how many elements were ever reserved and ever
 * taken. Position {@code p} has the place {@code p % capacity}. {@code limit} is a tail at which
 * {@code head} has to be looked at again. {@code capacity} is 0 until there is a part. The route is
 * that of the first place; {@code awaited} is set by a consumer that wants to be woken.
 */
final class QueueLayout {
  static final Address TAIL = Address.of("tail", 0);
  static final Address LIMIT = Address.of("limit", TAIL.displacement() + Long.BYTES);
  static final Address ROUTE = Address.of("route", LIMIT.displacement() + Long.BYTES);
  static final Address CAPACITY = Address.of("capacity", ROUTE.displacement() + Long.BYTES);

  /** Processors fetch cache lines in pairs. */
  private static final int LINES = 128;

  static final Address HEAD = Address.of("head", LINES);

  static final int SLICE_BYTES = HEAD.displacement() + Long.BYTES;

  /** Elements between places and whatever else is in the heap: two lines of short references. */
  static final int PADDING = LINES / Integer.BYTES;

  private static final long AWAITED = 1L << 31;
  private static final int INDEX_MASK = (1 << 31) - 1;

  private QueueLayout() {}

  /** Returns the word that makes a claim of a place. */
  static long route(int slice, boolean awaited) {
    return (slice + 1L) << Integer.SIZE | (awaited ? AWAITED : 0) | PADDING;
  }

  /** Returns whether a result is a claim, which is above all other results. */
  static boolean isClaim(long result) {
    return result >>> Integer.SIZE != 0;
  }

  /** Returns the slice that a claim is in. */
  static int slice(long claim) {
    return (int) (claim >>> Integer.SIZE) - 1;
  }

  /** Returns the index of the place in the part. */
  static int index(long claim) {
    return (int) claim & INDEX_MASK;
  }

  /** Returns whether a consumer wants to be woken once the element is in its place. */
  static boolean isAwaited(long claim) {
    return (claim & AWAITED) != 0;
  }

  /** Returns the index of a position's place in the part. */
  static int index(long position, int mask) {
    return PADDING + ((int) position & mask);
  }

  /**
   * Returns the position of a place that was claimed and is not filled: the head cannot pass it, so
   * the tail cannot come further than the capacity beyond it.
   *
   * @param index the index of the place in the part
   * @param tail the tail, at any time since the claim
   */
  static long position(int index, long tail, int mask) {
    long last = tail - 1;
    return last - ((last - (index - PADDING)) & mask);
  }

  /** Returns the length of a part. */
  static int partLength(int capacity) {
    return PADDING + capacity + PADDING;
  }
}
