package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.Serializable;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a {@link DoubleAdder} promises, held against the JDK's own and against ours. */
class DoubleAdderContractTest {
  static Stream<Named<Supplier<DoubleAdder>>> adders() {
    return Stream.of(
        Named.of("DoubleAdder", DoubleAdder::new),
        Named.of("PerCpuDoubleAdder", PerCpuDoubleAdder::new));
  }

  @ParameterizedTest
  @MethodSource("adders")
  void addsFractionsAndConverts(Supplier<DoubleAdder> adders) {
    DoubleAdder adder = adders.get();
    assertThat(adder).hasToString("0.0");
    adder.add(300.25);
    adder.add(-0.5);
    double sum = 299.75;
    assertThat(adder).hasToString("299.75");
    assertThat(new double[] {adder.sum(), adder.doubleValue(), adder.floatValue()})
        .containsExactly(sum, sum, (float) sum);
    assertThat(new long[] {adder.longValue(), adder.intValue()}).containsOnly(299);
    assertThat(adder.shortValue()).isEqualTo((short) 299);
    assertThat(adder.byteValue()).isEqualTo((byte) 299);
  }

  @ParameterizedTest
  @MethodSource("adders")
  void convertsWhatIsTooLargeAsAnyDouble(Supplier<DoubleAdder> adders) {
    DoubleAdder adder = adders.get();
    adder.add(1e300);
    assertThat(adder.longValue()).isEqualTo(Long.MAX_VALUE);
    assertThat(adder.intValue()).isEqualTo(Integer.MAX_VALUE);
    assertThat(adder.floatValue()).isInfinite();
  }

  @ParameterizedTest
  @MethodSource("adders")
  void addsWhatIsNoOrdinaryNumber(Supplier<DoubleAdder> adders) {
    double infinity = Double.POSITIVE_INFINITY;
    assertSum(adders, infinity, infinity, 1, -1e308);
    assertSum(adders, -infinity, -infinity, 1e308);
    assertSum(adders, Double.NaN, infinity, -infinity);
    assertSum(adders, Double.NaN, Double.NaN, 1);
    assertSum(adders, infinity, Double.MAX_VALUE, Double.MAX_VALUE);
    assertSum(adders, 3 * Double.MIN_VALUE, Double.MIN_VALUE, 2 * Double.MIN_VALUE);
    assertSum(adders, 0.0, -0.0);
    assertSum(adders, 0.0, -0.0, -0.0);
    assertSum(adders, 0.0, Double.MIN_VALUE, -Double.MIN_VALUE);
    assertSum(adders, 0.0);
  }

  private static void assertSum(Supplier<DoubleAdder> adders, double sum, double... terms) {
    DoubleAdder adder = adders.get();
    for (double term : terms) {
      adder.add(term);
    }
    assertThat(Double.compare(adder.sum(), sum)).as("%s, not %s", adder, sum).isZero();
    assertThat(Double.compare(adder.sumThenReset(), sum)).isZero();
    assertThat(Double.compare(adder.sum(), 0.0)).as("%s after a reset", adder).isZero();
    adder.add(1.5);
    adder.reset();
    adder.add(0.25);
    assertThat(adder.sumThenReset()).isEqualTo(0.25);
  }

  private record Holder(DoubleAdder adder, DoubleAdder other) implements Serializable {}

  @ParameterizedTest
  @MethodSource("adders")
  void fieldsDeclaredAsDoubleAdderAreSerialized(Supplier<DoubleAdder> adders) throws Exception {
    Holder original = new Holder(adders.get(), adders.get());
    original.adder.add(0.1);
    original.other.add(Double.NEGATIVE_INFINITY);
    Holder copy = (Holder) SerializedCopy.of(original);
    original.adder.add(1);
    assertThat(copy.adder).isExactlyInstanceOf(DoubleAdder.class);
    assertThat(copy.adder.sum()).isEqualTo(0.1);
    assertThat(copy.other.sum()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(copy.adder).isNotEqualTo(copy.other);
  }

  @ParameterizedTest
  @MethodSource("adders")
  void sumsOfManyThreadsAreExactWhereNothingIsRounded(Supplier<DoubleAdder> adders)
      throws Exception {
    DoubleAdder adder = adders.get();
    ManyThreads.run(
        8,
        () -> {
          for (int i = 0; i < 20_000; i++) {
            adder.add(0.25 * (i % 5));
          }
        });
    assertThat(adder.sum()).isEqualTo(8 * 20_000 * 0.5);
  }

  @ParameterizedTest
  @MethodSource("adders")
  void sumsOfManyThreadsAreRoundedLittle(Supplier<DoubleAdder> adders) throws Exception {
    DoubleAdder adder = adders.get();
    AtomicLong seeds = new AtomicLong();
    int threads = 6;
    int each = 10_000;
    ManyThreads.run(
        threads,
        () -> new SplittableRandom(seeds.getAndIncrement()).doubles(each).forEach(adder::add));
    double expected = 0;
    for (int seed = 0; seed < threads; seed++) {
      expected += new SplittableRandom(seed).doubles(each).sum();
    }
    // Every addition is off by half a unit in the last place of the sum at most.
    double bound = threads * each * Math.ulp(expected);
    assertThat(adder.sum()).isCloseTo(expected, within(bound));
  }

  @Test
  void eachAdditionIsInExactlyOneSumThenReset() throws Exception {
    PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
    DoubleAdder taken = new DoubleAdder();
    ManyThreads.run(
        6,
        () -> {
          for (int i = 1; i <= 20_000; i++) {
            adder.add(i);
            if (i % 50 == 0) {
              taken.add(adder.sumThenReset());
            }
          }
        });
    assertThat(taken.sum() + adder.sum()).isEqualTo(6 * 20_000 * 20_001.0 / 2);
  }
}
