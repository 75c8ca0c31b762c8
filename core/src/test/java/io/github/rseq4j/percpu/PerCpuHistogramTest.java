package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.rseq4j.percpu.PerCpuHistogram.OutOfRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PerCpuHistogramTest {
  private static final long HIGHEST = 1_000_000;

  private static PerCpuHistogram with(PerCpuHistogram histogram, long... values) {
    for (long value : values) {
      histogram.record(value);
    }
    return histogram;
  }

  private static PerCpuHistogram ofRange() {
    return PerCpuHistogram.ofRange(1, HIGHEST, 2);
  }

  @Test
  void countsSumsAndKeepsExtremes() {
    HistogramSnapshot snapshot = with(ofRange(), 7, 100_003, 7, 0, 54_321).snapshot();
    assertThat(snapshot.count()).isEqualTo(5);
    assertThat(snapshot.sum()).isEqualTo(154_338);
    assertThat(snapshot.mean()).isEqualTo(30_867.6);
    assertThat(snapshot.min()).isZero();
    assertThat(snapshot.max()).isEqualTo(100_003);
    assertThat(snapshot.clamped()).isZero();
    assertThat(snapshot.countIn(snapshot.bucketOf(7))).isEqualTo(2);
    assertThat(snapshot.countIn(8)).isZero();
    assertThat(snapshot.countAtOrBelow(6)).isEqualTo(1);
    assertThat(snapshot.countAtOrBelow(7)).isEqualTo(3);
    assertThat(snapshot.countAtOrBelow(-1)).isZero();
    assertThat(snapshot.countAtOrBelow(Long.MAX_VALUE)).isEqualTo(5);
    assertThat(snapshot)
        .hasToString("count=5 mean=30867.6 min=0 p50=7 p99=100351 p99.9=100351 max=100003");
  }

  @Test
  void isEmptyAtFirst() {
    PerCpuHistogram histogram = ofRange();
    for (HistogramSnapshot empty :
        new HistogramSnapshot[] {
          histogram.snapshot(), histogram.intervalSnapshot(), histogram.intervalSnapshot()
        }) {
      assertThat(empty.count()).isZero();
      assertThat(empty.sum()).isZero();
      assertThat(empty.mean()).isZero();
      assertThat(empty.min()).isZero();
      assertThat(empty.max()).isZero();
      assertThat(empty.valueAtQuantile(1)).isZero();
      assertThat(empty.countAtOrBelow(HIGHEST)).isZero();
    }
    assertThat(histogram).hasToString("count=0 mean=0.0 min=0 p50=0 p99=0 p99.9=0 max=0");
  }

  @Test
  void aSnapshotStaysAsItWas() {
    PerCpuHistogram histogram = with(ofRange(), 5);
    HistogramSnapshot snapshot = histogram.snapshot();
    with(histogram, 6, HIGHEST);
    assertThat(snapshot.count()).isEqualTo(1);
    assertThat(snapshot.max()).isEqualTo(5);
    assertThat(histogram.snapshot().count()).isEqualTo(3);
  }

  @Test
  void theSumWrapsAround() {
    long large = Long.MAX_VALUE / 2 + 1;
    HistogramSnapshot snapshot =
        with(PerCpuHistogram.ofRange(1, Long.MAX_VALUE, 0), large, large).snapshot();
    assertThat(snapshot.sum()).isEqualTo(Long.MIN_VALUE);
    assertThat(snapshot.count()).isEqualTo(2);
    assertThat(snapshot.max()).isEqualTo(large);
  }

  @Test
  void intervalsBeginWhereTheLastOneEnded() {
    PerCpuHistogram histogram = with(ofRange(), 3, 100_000);
    HistogramSnapshot first = histogram.intervalSnapshot();
    assertThat(first.count()).isEqualTo(2);
    assertThat(first.min()).isEqualTo(3);
    assertThat(first.max()).isEqualTo(100_000);
    with(histogram, 50_000, 50_000);
    HistogramSnapshot second = histogram.intervalSnapshot();
    assertThat(second.count()).isEqualTo(2);
    assertThat(second.sum()).isEqualTo(100_000);
    int bucket = second.bucketOf(50_000);
    assertThat(second.min()).isEqualTo(second.lowestOf(bucket));
    assertThat(second.max()).isEqualTo(second.highestOf(bucket));
    assertThat(histogram.intervalSnapshot().count()).isZero();
    assertThat(histogram.snapshot().count()).isEqualTo(4);
    with(histogram, 100_000);
    assertThat(histogram.intervalSnapshot().max()).isEqualTo(100_000);
  }

  @Test
  void mergedIntervalsAreTheWhole() {
    PerCpuHistogram histogram = ofRange();
    HistogramSnapshot first = with(histogram, 1, 20_000).intervalSnapshot();
    HistogramSnapshot second = with(histogram, 300_000, 20_001).intervalSnapshot();
    HistogramSnapshot merged = first.merge(second).merge(histogram.intervalSnapshot());
    HistogramSnapshot whole = histogram.snapshot();
    assertThat(merged).usingRecursiveComparison().isEqualTo(whole);
    assertThat(whole.max()).isEqualTo(300_000);
    assertThat(first.count()).isEqualTo(2);
  }

  @Test
  void onlyEqualBucketsAreMerged() {
    HistogramSnapshot one = with(ofRange(), 1).snapshot();
    assertThat(one.merge(with(ofRange(), 2).snapshot()).sum()).isEqualTo(3);
    for (PerCpuHistogram other :
        new PerCpuHistogram[] {
          PerCpuHistogram.ofRange(1, HIGHEST, 3),
          PerCpuHistogram.ofRange(2, HIGHEST, 2),
          PerCpuHistogram.ofRange(1, HIGHEST + 1, 2),
          PerCpuHistogram.ofBounds(1, HIGHEST)
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> one.merge(other.snapshot()))
          .withMessageContaining("buckets differ");
    }
    HistogramSnapshot bounded = with(PerCpuHistogram.ofBounds(10, 20), 15).snapshot();
    HistogramSnapshot merged = bounded.merge(with(PerCpuHistogram.ofBounds(10, 20), 5).snapshot());
    assertThat(merged.min()).isEqualTo(5);
    assertThat(merged.max()).isEqualTo(15);
    HistogramSnapshot unlike = PerCpuHistogram.ofBounds(10, 21).snapshot();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bounded.merge(unlike))
        .withMessageContainingAll("[10, 20]", "[10, 21]");
  }

  @Test
  void boundsBelongToTheBucketBelow() {
    PerCpuHistogram histogram = PerCpuHistogram.ofBounds(-10, 0, 10);
    with(histogram, Long.MIN_VALUE, -10, -9, 0, 1, 10, 11, 12, Long.MAX_VALUE);
    HistogramSnapshot snapshot = histogram.snapshot();
    assertThat(snapshot.buckets()).isEqualTo(4);
    long[] counts = {2, 2, 2, 3};
    long[] lowest = {Long.MIN_VALUE, -9, 1, 11};
    long[] highest = {-10, 0, 10, Long.MAX_VALUE};
    for (int bucket = 0; bucket < counts.length; bucket++) {
      assertThat(snapshot.countIn(bucket)).isEqualTo(counts[bucket]);
      assertThat(snapshot.lowestOf(bucket)).isEqualTo(lowest[bucket]);
      assertThat(snapshot.highestOf(bucket)).isEqualTo(highest[bucket]);
      assertThat(snapshot.bucketOf(lowest[bucket])).isEqualTo(bucket);
      assertThat(snapshot.bucketOf(highest[bucket])).isEqualTo(bucket);
    }
    assertThat(snapshot.min()).isEqualTo(Long.MIN_VALUE);
    assertThat(snapshot.max()).isEqualTo(Long.MAX_VALUE);
    assertThat(snapshot.countAtOrBelow(0)).isEqualTo(4);
  }

  @Test
  void quantilesInOpenBucketsEndAtTheExtremes() {
    HistogramSnapshot snapshot = with(PerCpuHistogram.ofBounds(0, 100), -7, -3, 50, 170).snapshot();
    assertThat(snapshot.valueAtQuantile(0)).isEqualTo(-7);
    assertThat(snapshot.valueAtQuantile(0.5)).isZero();
    assertThat(snapshot.valueAtQuantile(0.75)).isEqualTo(100);
    assertThat(snapshot.valueAtQuantile(1)).isEqualTo(170);
    HistogramSnapshot negative = with(PerCpuHistogram.ofBounds(0), -7, -3).snapshot();
    assertThat(negative.max()).isEqualTo(-3);
    assertThat(negative.valueAtQuantile(1)).isEqualTo(-3);
  }

  @Test
  void withoutBoundsThereIsOneBucket() {
    HistogramSnapshot snapshot = with(PerCpuHistogram.ofBounds(), -5, 5, 9).snapshot();
    assertThat(snapshot.buckets()).isEqualTo(1);
    assertThat(snapshot.count()).isEqualTo(3);
    assertThat(snapshot.sum()).isEqualTo(9);
    assertThat(snapshot.min()).isEqualTo(-5);
    assertThat(snapshot.valueAtQuantile(0.5)).isEqualTo(9);
  }

  @Test
  void boundsAreCopied() {
    long[] bounds = {1, 2};
    PerCpuHistogram histogram = PerCpuHistogram.ofBounds(bounds);
    bounds[0] = 100;
    assertThat(with(histogram, 2).snapshot().countIn(1)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, HIGHEST + 1, Long.MAX_VALUE})
  void valuesOutOfRangeAreRefusedAndNotRecorded(long value) {
    PerCpuHistogram histogram = with(ofRange(), 5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> histogram.record(value))
        .withMessage("value %d is not in 0..%d", value, HIGHEST);
    HistogramSnapshot snapshot = histogram.snapshot();
    assertThat(snapshot.count()).isEqualTo(1);
    assertThat(snapshot.sum()).isEqualTo(5);
    assertThat(snapshot.min()).isEqualTo(5);
    assertThat(snapshot.max()).isEqualTo(5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> snapshot.bucketOf(value))
        .withMessageContaining(Long.toString(value));
  }

  @Test
  void valuesOutOfRangeAreClampedAndCounted() {
    PerCpuHistogram histogram = PerCpuHistogram.ofRange(1, HIGHEST, 2, OutOfRange.CLAMP);
    with(histogram, 5, -1, HIGHEST, HIGHEST + 1, Long.MAX_VALUE);
    HistogramSnapshot snapshot = histogram.intervalSnapshot();
    assertThat(snapshot.clamped()).isEqualTo(3);
    assertThat(snapshot.count()).isEqualTo(5);
    assertThat(snapshot.sum()).isEqualTo(5 + 3 * HIGHEST);
    assertThat(snapshot.min()).isZero();
    assertThat(snapshot.max()).isEqualTo(HIGHEST);
    assertThat(snapshot.countIn(0)).isEqualTo(1);
    assertThat(snapshot.countIn(snapshot.bucketOf(HIGHEST))).isEqualTo(3);
    HistogramSnapshot next = with(histogram, -5, 5).intervalSnapshot();
    assertThat(next.clamped()).isEqualTo(1);
    assertThat(next.merge(snapshot).clamped()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 100, 2, lowest value 0",
    "-5, 100, 2, lowest value -5",
    "10, 19, 2, highest value 19",
    "1, -100, 2, highest value -100",
    "9223372036854775807, 9223372036854775807, 0, highest value 9223372036854775807",
    "1, 100, -1, -1 significant digits",
    "1, 100, 6, 6 significant digits",
    "2305843009213693952, 9223372036854775807, 1, 1 significant digits"
  })
  void refusesRangesThatAreNone(long lowest, long highest, int digits, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PerCpuHistogram.ofRange(lowest, highest, digits))
        .withMessageContaining(message);
    assertThatIllegalArgumentException()
        .as("of HdrHistogram")
        .isThrownBy(() -> new org.HdrHistogram.Histogram(lowest, highest, digits));
  }

  @Test
  void refusesBoundsOutOfOrder() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PerCpuHistogram.ofBounds(1, 3, 3))
        .withMessageContainingAll("bound 2", "3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PerCpuHistogram.ofBounds(1, -3))
        .withMessageContainingAll("bound 1", "-3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PerCpuHistogram.ofBounds(1, Long.MAX_VALUE))
        .withMessageContaining(Long.toString(Long.MAX_VALUE));
  }

  @Test
  @SuppressWarnings("NullAway") // that it is refused is what is tested
  void refusesNull() {
    assertThatNullPointerException().isThrownBy(() -> PerCpuHistogram.ofBounds((long[]) null));
    assertThatNullPointerException().isThrownBy(() -> PerCpuHistogram.ofRange(1, 9, 1, null));
    assertThatNullPointerException().isThrownBy(() -> ofRange().snapshot().merge(null));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesQuantilesThatAreNone(double quantile) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ofRange().snapshot().valueAtQuantile(quantile))
        .withMessageContaining(Double.toString(quantile));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 3, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void refusesBucketsThatAreNone(int bucket) {
    HistogramSnapshot snapshot = PerCpuHistogram.ofBounds(1, 2).snapshot();
    ThrowingCallable[] calls = {
      () -> snapshot.countIn(bucket),
      () -> snapshot.lowestOf(bucket),
      () -> snapshot.highestOf(bucket)
    };
    for (ThrowingCallable call : calls) {
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(call)
          .withMessageContainingAll(Integer.toString(bucket), "3");
    }
  }
}
