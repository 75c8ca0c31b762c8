package io.github.rseq4j.percpu;

/**
 * Buckets whose width grows with their values, so that each value is known to a number of
 * significant digits: those of HdrHistogram.
 *
 * @param largest the largest value; the smallest is 0
 * @param unit the binary logarithm of the width of the narrowest buckets
 * @param half the binary logarithm of how many buckets there are to each doubling of the value
 */
record LogLinearBuckets(long largest, int unit, int half) implements HistogramBuckets {
  /*
   * The numbering
   *
   * Let H be 2^half. The first 2 H buckets are 2^unit wide: they reach from 0 to 2 H 2^unit. From
   * there on each doubling of the value has H buckets, twice as wide as those of the doubling
   * before. So within a doubling a value shifted right by the logarithm of its width is in
   * [H, 2 H), and with d for the number of the doubling, 0 in the first 2 H buckets, its bucket is
   *
   *     d H + (value >>> (d + unit))
   *
   * as the doublings before have taken d H + H numbers, and H of them are in the shifted value. d
   * follows from the highest bit that is set; setting all bits that only tell the first 2 H buckets
   * apart makes it 0 there.
   */

  private static final int MAX_DIGITS = 5;

  /** How far {@link #unit} and {@link #half} may leave a sign bit and one doubling. */
  private static final int MAX_MAGNITUDE = 61;

  /**
   * Divides 0 to {@code largest}.
   *
   * @param lowest values below it need not be told apart
   * @param digits how many significant decimal digits
   * @throws IllegalArgumentException if an argument is out of range, or the digits leave no room
   *     above the lowest value
   */
  static LogLinearBuckets of(long lowest, long largest, int digits) {
    if (lowest < 1) {
      throw new IllegalArgumentException("lowest value %d is below 1".formatted(lowest));
    }
    if (largest / 2 < lowest) {
      throw new IllegalArgumentException(
          "highest value %d is below twice the lowest, %d".formatted(largest, lowest));
    }
    if (digits < 0 || digits > MAX_DIGITS) {
      throw new IllegalArgumentException(
          "%d significant digits are not in 0..%d".formatted(digits, MAX_DIGITS));
    }
    // As many units as have to be told apart, and the power of two that holds them.
    long units = 2 * Math.round(Math.pow(10, digits));
    int half = log2(units - 1);
    int unit = log2(lowest);
    if (unit + half > MAX_MAGNITUDE) {
      throw new IllegalArgumentException(
          "%d significant digits from %d on exceed a long".formatted(digits, lowest));
    }
    return new LogLinearBuckets(largest, unit, half);
  }

  private static int log2(long number) {
    return Long.SIZE - 1 - Long.numberOfLeadingZeros(number);
  }

  @Override
  public int size() {
    return bucketOf(largest) + 1;
  }

  @Override
  public long smallest() {
    return 0;
  }

  @Override
  public int bucketOf(long value) {
    long first = (2L << (half + unit)) - 1;
    int doubling = Long.numberOfLeadingZeros(first) - Long.numberOfLeadingZeros(value | first);
    return (doubling << half) + (int) (value >>> (doubling + unit));
  }

  @Override
  public long lowest(int bucket) {
    int doubling = doubling(bucket);
    return (long) (bucket - (doubling << half)) << (doubling + unit);
  }

  @Override
  public long highest(int bucket) {
    return lowest(bucket) + (1L << (doubling(bucket) + unit)) - 1;
  }

  @Override
  public boolean isOpen(int bucket) {
    return false;
  }

  private int doubling(int bucket) {
    return Math.max((bucket >> half) - 1, 0);
  }
}
