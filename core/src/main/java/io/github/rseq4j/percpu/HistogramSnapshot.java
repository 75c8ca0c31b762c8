package io.github.rseq4j.percpu;

import java.util.Arrays;
import java.util.Objects;

/**
 * What a {@link PerCpuHistogram} had counted at some moment, or during an interval.
 *
 * <p>Its buckets are numbered from 0 in the order of their values. It is immutable.
 */
public final class HistogramSnapshot {
  private final HistogramBuckets buckets;
  private final long[] counts;
  private final long count;
  private final long sum;
  private final long clamped;

  /** The extremes; the largest and the smallest long if there is no value. */
  private final long min;

  private final long max;

  /**
   * Makes a snapshot.
   *
   * @param counts those of the buckets, not to be changed any more
   * @param min a number that no value counted is below
   * @param max a number that no value counted is above
   */
  HistogramSnapshot(
      HistogramBuckets buckets, long[] counts, long sum, long clamped, long min, long max) {
    this.buckets = buckets;
    this.counts = counts;
    this.count = Arrays.stream(counts).sum();
    this.sum = sum;
    this.clamped = clamped;
    int first = 0;
    int last = counts.length - 1;
    while (count > 0 && counts[first] == 0) {
      first++;
    }
    while (count > 0 && counts[last] == 0) {
      last--;
    }
    this.min = count == 0 ? Long.MAX_VALUE : Math.max(min, buckets.lowest(first));
    this.max = count == 0 ? Long.MIN_VALUE : Math.min(max, buckets.highest(last));
  }

  /** Returns how many values were counted. */
  public long count() {
    return count;
  }

  /** Returns the sum of the values, modulo 2<sup>64</sup>. */
  public long sum() {
    return sum;
  }

  /** Returns the smallest value, or 0 if there is none. */
  public long min() {
    return count == 0 ? 0 : min;
  }

  /** Returns the largest value, or 0 if there is none. */
  public long max() {
    return count == 0 ? 0 : max;
  }

  /**
   * Returns the mean of the values, which is that of the values themselves, not of their buckets;
   * or 0 if there is none. It is wrong if their {@link #sum} has wrapped around.
   */
  public double mean() {
    return count == 0 ? 0 : (double) sum / count;
  }

  /** Returns how many of the values stand for one that was out of range. */
  public long clamped() {
    return clamped;
  }

  /**
   * Returns a value that a part of the values does not exceed: the highest one of the bucket that
   * the value of that rank is in, as HdrHistogram has it. For 0 it is the lowest one of the first
   * bucket that has a count. A bucket with a bound on one side only counts as ending at {@link
   * #min} or {@link #max} on the other.
   *
   * @param quantile the part, 0 to 1
   * @return the value; 0 if there is none
   * @throws IllegalArgumentException if the quantile is not in 0..1
   */
  public long valueAtQuantile(double quantile) {
    if (!(quantile >= 0 && quantile <= 1)) {
      throw new IllegalArgumentException("quantile %s is not in 0..1".formatted(quantile));
    }
    if (count == 0) {
      return 0;
    }
    // A decimal fraction is seldom exact in binary: one just above it must not count as the next.
    double below = Math.max(Math.nextDown(quantile), 0);
    long rank = Math.clamp((long) Math.ceil(below * count), 1, count);
    int bucket = 0;
    for (long passed = counts[0]; passed < rank; passed += counts[bucket]) {
      bucket++;
    }
    long end = quantile == 0 ? buckets.lowest(bucket) : buckets.highest(bucket);
    return buckets.isOpen(bucket) ? Math.clamp(end, min, max) : end;
  }

  /**
   * Returns how many values there are in the bucket of {@code value} and in those below it.
   *
   * @param value any number; one out of range is taken for the nearest that is not
   */
  public long countAtOrBelow(long value) {
    if (value < buckets.smallest()) {
      return 0;
    }
    int last = buckets.bucketOf(Math.min(value, buckets.largest()));
    return Arrays.stream(counts, 0, last + 1).sum();
  }

  /** Returns how many buckets there are. */
  public int buckets() {
    return counts.length;
  }

  /**
   * Returns the number of the bucket that a value is counted in.
   *
   * @throws IllegalArgumentException if there is none
   */
  public int bucketOf(long value) {
    if (value < buckets.smallest() || value > buckets.largest()) {
      throw new IllegalArgumentException(
          "value %d is not in %d..%d".formatted(value, buckets.smallest(), buckets.largest()));
    }
    return buckets.bucketOf(value);
  }

  /**
   * Returns how many values there are in a bucket.
   *
   * @throws IndexOutOfBoundsException if there is no such bucket
   */
  public long countIn(int bucket) {
    return counts[Objects.checkIndex(bucket, counts.length)];
  }

  /**
   * Returns the lowest value of a bucket, {@link Long#MIN_VALUE} if it has no lower bound.
   *
   * @throws IndexOutOfBoundsException if there is no such bucket
   */
  public long lowestOf(int bucket) {
    return buckets.lowest(Objects.checkIndex(bucket, counts.length));
  }

  /**
   * Returns the highest value of a bucket, {@link Long#MAX_VALUE} if it has no upper bound.
   *
   * @throws IndexOutOfBoundsException if there is no such bucket
   */
  public long highestOf(int bucket) {
    return buckets.highest(Objects.checkIndex(bucket, counts.length));
  }

  /**
   * Returns what is counted in this snapshot or in another.
   *
   * @throws IllegalArgumentException if their buckets differ
   */
  public HistogramSnapshot merge(HistogramSnapshot other) {
    if (!buckets.equals(other.buckets)) {
      throw new IllegalArgumentException(
          "buckets differ: %s, %s".formatted(buckets, other.buckets));
    }
    long[] merged = new long[counts.length];
    Arrays.setAll(merged, bucket -> counts[bucket] + other.counts[bucket]);
    return new HistogramSnapshot(
        buckets,
        merged,
        sum + other.sum,
        clamped + other.clamped,
        Math.min(min, other.min),
        Math.max(max, other.max));
  }

  /** Returns what is counted in this snapshot but not in an earlier one of the same histogram. */
  HistogramSnapshot since(HistogramSnapshot earlier) {
    long[] added = new long[counts.length];
    Arrays.setAll(added, bucket -> counts[bucket] - earlier.counts[bucket]);
    return new HistogramSnapshot(
        buckets, added, sum - earlier.sum, clamped - earlier.clamped, min, max);
  }

  /** Returns count, mean, extremes and some quantiles. */
  @Override
  public String toString() {
    return "count=%d mean=%.1f min=%d p50=%d p99=%d p99.9=%d max=%d"
        .formatted(
            count,
            mean(),
            min(),
            valueAtQuantile(0.5),
            valueAtQuantile(0.99),
            valueAtQuantile(0.999),
            max());
  }
}
