package io.github.rseq4j.percpu;

import java.util.Arrays;

/**
 * Buckets of given bounds: each has the values up to its bound that are above the one before, and
 * the last has those above all bounds.
 */
final class BoundedBuckets implements HistogramBuckets {
  private final long[] bounds;

  /** The bounds, and as many that no value is above as make a full tree of them. */
  private final long[] searched;

  /** Half the size of that tree, rounded up. */
  private final int firstStep;

  /**
   * Divides all longs.
   *
   * @throws IllegalArgumentException if a bound is not above the one before, or leaves no value
   *     above itself
   */
  BoundedBuckets(long... bounds) {
    this.bounds = bounds.clone();
    for (int i = 1; i < bounds.length; i++) {
      if (this.bounds[i] <= this.bounds[i - 1]) {
        throw new IllegalArgumentException(
            "bound %d is %d, which is not above %d, the one before"
                .formatted(i, this.bounds[i], this.bounds[i - 1]));
      }
    }
    if (bounds.length > 0 && this.bounds[bounds.length - 1] == Long.MAX_VALUE) {
      throw new IllegalArgumentException(
          "bound %d has no value above it; the last bucket needs no bound"
              .formatted(Long.MAX_VALUE));
    }
    this.firstStep = Integer.highestOneBit(bounds.length);
    this.searched = Arrays.copyOf(this.bounds, Math.max(2 * firstStep - 1, 0));
    Arrays.fill(searched, bounds.length, searched.length, Long.MAX_VALUE);
  }

  @Override
  public int size() {
    return bounds.length + 1;
  }

  @Override
  public long smallest() {
    return Long.MIN_VALUE;
  }

  @Override
  public long largest() {
    return Long.MAX_VALUE;
  }

  /**
   * Counts the bounds below the value by binary search; the branches of the usual one would cost
   * more than all else, since no processor foresees them.
   */
  @Override
  public int bucketOf(long value) {
    int bucket = 0;
    for (int step = firstStep; step > 0; step >>= 1) {
      bucket += searched[bucket + step - 1] < value ? step : 0;
    }
    return bucket;
  }

  @Override
  public long lowest(int bucket) {
    return bucket == 0 ? Long.MIN_VALUE : bounds[bucket - 1] + 1;
  }

  @Override
  public long highest(int bucket) {
    return bucket == bounds.length ? Long.MAX_VALUE : bounds[bucket];
  }

  @Override
  public boolean isOpen(int bucket) {
    return bucket == 0 || bucket == bounds.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BoundedBuckets buckets && Arrays.equals(bounds, buckets.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  @Override
  public String toString() {
    return "bounds " + Arrays.toString(bounds);
  }
}
