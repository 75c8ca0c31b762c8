package io.github.rseq4j.percpu;

import io.github.rseq4j.sequence.Address;

/**
 * A slice that is a histogram.
 *
 * <pre>
 *    0         8         16        24        32        40
 *   +---------+---------+---------+---------+---------+---------+-- ... --+
 *   | highest | lowest  |   sum   | clamped | count 0 | count 1 |         |
 *   +---------+---------+---------+---------+---------+---------+-- ... --+
 * </pre>
 *
 * <p>{@code highest} and {@code lowest} hold the extremes in a form in which the zero of fresh
 * memory stands for none, and only a larger unsigned number ever replaces a smaller one: the rank
 * of the largest value, and the complement of the rank of the smallest. A value's rank is its place
 * among all longs, counted from {@link Long#MIN_VALUE}.
 */
final class HistogramLayout {
  static final Address HIGHEST = Address.of("highest", 0);
  static final Address LOWEST = Address.of("lowest", HIGHEST.displacement() + Long.BYTES);
  static final Address SUM = Address.of("sum", LOWEST.displacement() + Long.BYTES);
  static final Address CLAMPED = Address.of("clamped", SUM.displacement() + Long.BYTES);
  static final Address COUNTS = Address.of("counts", CLAMPED.displacement() + Long.BYTES);

  /** What a value and its rank differ in. */
  static final long RANK = Long.MIN_VALUE;

  /** What a rank and its complement differ in. */
  static final long COMPLEMENT = -1;

  private HistogramLayout() {}

  /** Returns the size of a slice of {@code buckets} buckets. */
  static long sliceBytes(int buckets) {
    return count(buckets);
  }

  /** Returns the offset of a bucket's count in its slice, in bytes. */
  static long count(int bucket) {
    return COUNTS.displacement() + (long) bucket * Long.BYTES;
  }

  /** Returns the value that {@code highest} stands for. */
  static long highest(long word) {
    return word ^ RANK;
  }

  /** Returns the value that {@code lowest} stands for. */
  static long lowest(long word) {
    return word ^ COMPLEMENT ^ RANK;
  }
}
