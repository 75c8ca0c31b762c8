package io.github.rseq4j.percpu;

/**
 * How a histogram divides a range of values into buckets, numbered from 0 in the order of their
 * values. Those of equal division are equal.
 */
sealed interface HistogramBuckets permits LogLinearBuckets, BoundedBuckets {
  /** Returns how many buckets there are. */
  int size();

  /** Returns the smallest value that has a bucket. */
  long smallest();

  /** Returns the largest value that has a bucket. */
  long largest();

  /** Returns the bucket of a value, which the caller has checked to be in the range. */
  int bucketOf(long value);

  /** Returns the lowest value of a bucket. */
  long lowest(int bucket);

  /** Returns the highest value of a bucket. */
  long highest(int bucket);

  /** Returns whether a bucket is not bounded on one of its sides. */
  boolean isOpen(int bucket);
}
