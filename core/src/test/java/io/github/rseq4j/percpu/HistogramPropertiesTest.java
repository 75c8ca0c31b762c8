package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of the same values, a {@link PerCpuHistogram} says the same as HdrHistogram. */
class HistogramPropertiesTest {
  private static final double[] PERCENTILES = {
    0, 0.001, 1, 10, 25, 50, 66, 75, 90, 95, 99, 99.9, 99.99, 100
  };

  /** Above this a try with many digits would take a second of memory traffic. */
  private static final int MAX_BUCKETS = 1 << 20;

  /** Two histograms of one range that were given the same values. */
  private static final class Pair {
    final PerCpuHistogram ours;
    final Histogram hdr;
    final int digits;
    final List<Long> values = new ArrayList<>();

    Pair(long lowest, long highest, int digits) {
      this.ours = PerCpuHistogram.ofRange(lowest, highest, digits);
      this.hdr = new Histogram(lowest, highest, digits);
      this.digits = digits;
    }

    void record(long value) {
      ours.record(value);
      hdr.recordValue(value);
      values.add(value);
    }

    void assertAlike() {
      HistogramSnapshot snapshot = ours.snapshot();
      assertThat(snapshot.count()).isEqualTo(hdr.getTotalCount()).isEqualTo(values.size());
      assertThat(counts(snapshot)).isEqualTo(counts(hdr));
      assertThat(snapshot.sum()).isEqualTo(values.stream().mapToLong(Long::longValue).sum());
      if (values.isEmpty()) {
        return;
      }
      assertThat(snapshot.min()).isEqualTo(values.stream().min(Long::compare).orElseThrow());
      assertThat(snapshot.max()).isEqualTo(values.stream().max(Long::compare).orElseThrow());
      assertThat(hdr.getMinValue()).isEqualTo(hdr.lowestEquivalentValue(snapshot.min()));
      long max = snapshot.max();
      // HdrHistogram takes 0 for no value, whose bucket may reach further.
      assertThat(hdr.getMaxValue()).isEqualTo(max == 0 ? 0 : hdr.highestEquivalentValue(max));
      for (double percentile : PERCENTILES) {
        assertQuantile(snapshot, percentile);
      }
      assertMean(snapshot);
    }

    /** A quotient and a product may be rounded to either side of a whole rank. */
    void assertQuantile(HistogramSnapshot snapshot, double percentile) {
      assertThat(snapshot.valueAtQuantile(percentile / 100))
          .as("at %s percent", percentile)
          .isIn(
              hdr.getValueAtPercentile(percentile),
              hdr.getValueAtPercentile(percentile * (1 - 1e-15)),
              hdr.getValueAtPercentile(percentile * (1 + 1e-15)));
    }

    /** Ours is exact; HdrHistogram's is that of the middles of the buckets. */
    void assertMean(HistogramSnapshot snapshot) {
      BigInteger sum =
          values.stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
      if (sum.bitLength() >= Long.SIZE) {
        return;
      }
      double exact = sum.doubleValue() / values.size();
      assertThat(snapshot.mean()).isCloseTo(exact, within(exact * 1e-15));
      double width = snapshot.highestOf(0) + 1 + exact * Math.pow(10, -digits);
      assertThat(snapshot.mean()).isCloseTo(hdr.getMean(), within(width));
    }
  }

  /** Returns the counts of all buckets that have some, by the highest values of these. */
  private static Map<Long, Long> counts(HistogramSnapshot snapshot) {
    Map<Long, Long> counts = new TreeMap<>();
    for (int bucket = 0; bucket < snapshot.buckets(); bucket++) {
      if (snapshot.countIn(bucket) != 0) {
        counts.put(snapshot.highestOf(bucket), snapshot.countIn(bucket));
      }
    }
    return counts;
  }

  private static Map<Long, Long> counts(Histogram histogram) {
    Map<Long, Long> counts = new TreeMap<>();
    histogram
        .recordedValues()
        .forEach(
            each -> counts.put(each.getValueIteratedTo(), each.getCountAddedInThisIterationStep()));
    return counts;
  }

  /** Values of all magnitudes, and those at their ends. */
  private static LongStream values(long highest, int seed, int many) {
    SplittableRandom random = new SplittableRandom(seed);
    LongStream edges = LongStream.of(0, 1, highest - 1, highest);
    LongStream powers =
        Stream.iterate(1L, power -> power > 0 && power <= highest, power -> power << 1)
            .flatMapToLong(power -> LongStream.rangeClosed(power - 1, power + 1));
    LongStream anywhere =
        LongStream.generate(() -> random.nextLong() >>> (1 + random.nextInt(Long.SIZE - 1)))
            .limit(many);
    return Stream.of(edges, powers, anywhere)
        .flatMapToLong(each -> each)
        .map(value -> value <= highest ? value : value % highest);
  }

  @Property(tries = 150)
  void saysWhatHdrHistogramSays(
      @ForAll @IntRange(max = 60) int lowestBits,
      @ForAll @IntRange(min = 1, max = 62) int highestBits,
      @ForAll @IntRange(max = 5) int digits,
      @ForAll int seed,
      @ForAll @IntRange(max = 300) int many) {
    SplittableRandom random = new SplittableRandom(seed);
    long lowest = (1L << lowestBits) + random.nextLong(1L << lowestBits);
    long room = Math.min(highestBits, Long.numberOfLeadingZeros(lowest) - 2);
    long highest = Math.min((lowest << room) + random.nextLong(lowest), Long.MAX_VALUE / 2);
    if (highest / 2 < lowest || Math.pow(10, digits) * (room + 2) * 2 > MAX_BUCKETS) {
      return;
    }
    Pair pair;
    try {
      pair = new Pair(lowest, highest, digits);
    } catch (IllegalArgumentException e) {
      assertThatIllegalArgumentException().isThrownBy(() -> new Histogram(lowest, highest, digits));
      return;
    }
    values(highest, seed, many).forEach(pair::record);
    pair.assertAlike();
  }

  @Property(tries = 100)
  void saysSoOfFewValues(
      @ForAll @Size(max = 8) List<@IntRange(max = 20_000) Integer> values,
      @ForAll @IntRange(max = 3) int digits,
      @ForAll @IntRange(min = 1, max = 100) int lowest) {
    Pair pair = new Pair(lowest, 20_000, digits);
    values.forEach(pair::record);
    pair.assertAlike();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 9223372036854775807, 0",
    "1, 9223372036854775807, 3",
    "1, 4611686018427387903, 2",
    "1000, 3600000000000, 3",
    "1, 2, 0",
    "1, 2, 5",
    "1, 10000000, 5",
    "1152921504606846976, 9223372036854775807, 0",
    "1023, 2046, 1"
  })
  void saysSoAtTheEndsOfRanges(long lowest, long highest, int digits) {
    Pair pair = new Pair(lowest, highest, digits);
    values(highest, digits, 500).forEach(pair::record);
    pair.assertAlike();
  }

  @Property(tries = 50)
  void bucketsAreCountedAsByASearch(
      @ForAll @Size(max = 20) List<Long> numbers, @ForAll @Size(max = 50) List<Long> values) {
    long[] bounds =
        numbers.stream()
            .mapToLong(Long::longValue)
            .filter(each -> each < Long.MAX_VALUE)
            .sorted()
            .distinct()
            .toArray();
    PerCpuHistogram histogram = PerCpuHistogram.ofBounds(bounds);
    long[] counts = new long[bounds.length + 1];
    for (long value : values) {
      histogram.record(value);
      counts[(int) LongStream.of(bounds).filter(bound -> bound < value).count()]++;
    }
    HistogramSnapshot snapshot = histogram.snapshot();
    for (int bucket = 0; bucket < counts.length; bucket++) {
      assertThat(snapshot.countIn(bucket)).as("bucket %d", bucket).isEqualTo(counts[bucket]);
    }
    assertThat(snapshot.sum()).isEqualTo(values.stream().mapToLong(Long::longValue).sum());
    if (!values.isEmpty()) {
      assertThat(snapshot.min()).isEqualTo(values.stream().min(Long::compare).orElseThrow());
      assertThat(snapshot.max()).isEqualTo(values.stream().max(Long::compare).orElseThrow());
    }
  }
}
