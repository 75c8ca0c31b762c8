package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A histogram of longs with a set of buckets for each CPU, into which threads record without atomic
 * instructions: how many values fell into each bucket, and the sum and the extremes of all.
 *
 * <p>The buckets are those of HdrHistogram, which tell values of a range apart by a number of
 * significant digits, or have given bounds. Sum and extremes are exact. As that of a {@link
 * java.util.concurrent.atomic.LongAdder}, the sum wraps around.
 *
 * <p>It takes 8 bytes for each bucket, and 32 more, for each possible CPU and for one more, of
 * which a page becomes memory when it is first touched. A snapshot takes 8 bytes of the heap for
 * each bucket; the histogram keeps one once there was an interval snapshot.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code record}<td>this CPU's sum, extremes and one bucket<td>release: what happened
 *     before it is visible to who finds it counted<td>starts again, unnoticed<td>no<td>under a lock
 * <tr><td>{@code snapshot}<td>every CPU's words<td>acquire<td>-<td>the snapshot<td>the same
 * <tr><td>{@code intervalSnapshot}<td>every CPU's words, without writing<td>acquire; a lock shared
 *     by those that take them<td>-<td>two snapshots<td>the same
 * </table>
 *
 * <p>Of the values that are recorded while a snapshot is taken, some may be counted and others not,
 * in whatever order they were recorded. Its sum and extremes cover every value that it counts; of
 * those that are just being recorded, the sum and, within the bounds of the outermost buckets that
 * have counts, the extremes may cover some that it does not count.
 */
public final class PerCpuHistogram {
  /*
   * The protocol
   *
   * A value is recorded by two sequences in one call, the second of which may run on another CPU.
   *
   * The first makes the extremes of its CPU cover the value, and commits by adding it to the sum.
   * The extremes are stored before the commit, where a reader may see them. That does no harm: if
   * the sequence is aborted, they cover a value that is going to be recorded all the same, here or
   * on another CPU, and readers make no difference between CPUs. Storing them again changes
   * nothing. So the common case, in which they stay, needs no sequences of its own for them.
   *
   * The second adds 1 to the bucket, with release. A reader loads the buckets first, with acquire,
   * then the sums and extremes. Of each value that it finds counted, it then finds the rest: the
   * same thread has stored it before, and where another thread has since added to the same bucket,
   * the CPU has switched threads in between, which is a barrier.
   *
   * There is no word for the count: it is the sum of the buckets, so the two cannot disagree.
   *
   * A value that was clamped is counted as such by a sequence before the others.
   *
   * The bucket's number is worked out in Java, where it takes a few instructions, and checked once
   * more by the sequence, which stays within its slice whatever the number is.
   *
   * Intervals
   *
   * Counts are never reset, since only their CPU may write them. The end of an interval is a
   * snapshot; the interval is the difference between it and the one before. Counts only grow, and
   * each reader has seen what the one before had seen, so each value is in exactly one interval;
   * so is its part of the sum, though that may be the interval before the one of its count. An
   * interval's extremes are known by its buckets only, cut down to the extremes of all values.
   */

  /** What becomes of a value that has no bucket. */
  public enum OutOfRange {
    /** It is refused with an {@link IllegalArgumentException}. */
    REJECT,
    /**
     * The nearest value that has a bucket is recorded in its place, and counted as {@linkplain
     * HistogramSnapshot#clamped() clamped}.
     */
    CLAMP
  }

  private final HistogramBuckets buckets;
  private final OutOfRange outOfRange;
  private final long smallest;
  private final long largest;
  private final Region region;

  /** The end of the last interval, guarded by the region. */
  private @Nullable HistogramSnapshot intervalStart;

  private PerCpuHistogram(HistogramBuckets buckets, OutOfRange outOfRange) {
    this.buckets = buckets;
    this.outOfRange = Objects.requireNonNull(outOfRange, "outOfRange");
    this.smallest = buckets.smallest();
    this.largest = buckets.largest();
    this.region =
        Region.allocate(
            HistogramLayout.sliceBytes(buckets.size()),
            HistogramSequences.CLAMP,
            HistogramSequences.COVER,
            HistogramSequences.COUNT);
  }

  /**
   * Makes a histogram of values from 0 to {@code highest} that refuses all others; see {@link
   * #ofRange(long, long, int, OutOfRange)}.
   */
  public static PerCpuHistogram ofRange(long lowest, long highest, int digits) {
    return ofRange(lowest, highest, digits, OutOfRange.REJECT);
  }

  /**
   * Makes a histogram of values from 0 to {@code highest}, with the buckets of HdrHistogram.
   *
   * @param lowest the lowest value to be told apart from 0, at least 1; buckets are no narrower
   *     than the largest power of two in it
   * @param highest the highest value, at least twice the lowest
   * @param digits how many significant decimal digits of values are kept, 0 to 5: a bucket's width
   *     is at most its lowest value divided by ten to the power of these, or that of the narrowest
   * @param outOfRange what becomes of values below 0 and above {@code highest}
   * @throws IllegalArgumentException if a number is out of range, or {@code lowest} is so large
   *     that the digits do not fit above it
   * @throws OutOfMemoryError if there is not enough address space
   */
  public static PerCpuHistogram ofRange(
      long lowest, long highest, int digits, OutOfRange outOfRange) {
    return new PerCpuHistogram(LogLinearBuckets.of(lowest, highest, digits), outOfRange);
  }

  /**
   * Makes a histogram of any values with given bounds: each bucket has the values up to its bound
   * that are above the bound before, and one more has those above all bounds.
   *
   * @param bounds the bounds, each above the one before, and below {@link Long#MAX_VALUE}
   * @throws IllegalArgumentException if a bound is not such
   * @throws OutOfMemoryError if there is not enough address space
   */
  public static PerCpuHistogram ofBounds(long... bounds) {
    return new PerCpuHistogram(new BoundedBuckets(bounds), OutOfRange.REJECT);
  }

  /**
   * Records a value.
   *
   * @throws IllegalArgumentException if the value is out of range and such values are refused;
   *     nothing is recorded
   */
  public void record(long value) {
    long recorded = value >= smallest && value <= largest ? value : nearest(value);
    long bucket = buckets.bucketOf(recorded);
    long result;
    try {
      result =
          recorded == value
              ? (long) HistogramSequences.RECORD_HANDLE.invokeExact(region, recorded, bucket)
              : (long)
                  HistogramSequences.RECORD_CLAMPED_HANDLE.invokeExact(region, recorded, bucket);
    } catch (Throwable e) {
      throw Failures.unexpected(e);
    } finally {
      Reference.reachabilityFence(region);
    }
    if (result != HistogramSequences.DONE) {
      throw Failures.impossible(result);
    }
  }

  private long nearest(long value) {
    if (outOfRange == OutOfRange.REJECT) {
      throw new IllegalArgumentException(
          "value %d is not in %d..%d".formatted(value, smallest, largest));
    }
    return Math.clamp(value, smallest, largest);
  }

  /** Returns what has been recorded up to now. */
  public HistogramSnapshot snapshot() {
    long[] counts = new long[buckets.size()];
    for (int slice = 0; slice < region.slices(); slice++) {
      for (int bucket = 0; bucket < counts.length; bucket++) {
        counts[bucket] += region.getAcquire(slice, HistogramLayout.count(bucket));
      }
    }
    long highest = 0;
    long lowest = 0;
    for (int slice = 0; slice < region.slices(); slice++) {
      highest = maxUnsigned(highest, slice, HistogramLayout.HIGHEST.displacement());
      lowest = maxUnsigned(lowest, slice, HistogramLayout.LOWEST.displacement());
    }
    return new HistogramSnapshot(
        buckets,
        counts,
        region.sum(HistogramLayout.SUM.displacement()),
        region.sum(HistogramLayout.CLAMPED.displacement()),
        HistogramLayout.lowest(lowest),
        HistogramLayout.highest(highest));
  }

  private long maxUnsigned(long number, int slice, long offset) {
    long other = region.getAcquire(slice, offset);
    return Long.compareUnsigned(other, number) > 0 ? other : number;
  }

  /**
   * Returns what has been recorded since this method was called before, or since the histogram was
   * made: each value is counted by exactly one of its results, or a later one.
   *
   * <p>The extremes are those of the buckets: {@code min} is the lowest value of the first one with
   * a count, and {@code max} the highest of the last, or the extreme of all values that were ever
   * recorded if that is nearer.
   */
  public HistogramSnapshot intervalSnapshot() {
    synchronized (region) {
      HistogramSnapshot end = snapshot();
      HistogramSnapshot interval = intervalStart == null ? end : end.since(intervalStart);
      intervalStart = end;
      return interval;
    }
  }

  /** Returns the memory. */
  Region region() {
    return region;
  }

  /** Returns what {@link HistogramSnapshot#toString()} says of what has been recorded up to now. */
  @Override
  public String toString() {
    return snapshot().toString();
  }
}
