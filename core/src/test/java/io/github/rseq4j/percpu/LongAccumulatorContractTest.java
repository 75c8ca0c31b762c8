package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.LongBinaryOperator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a {@link LongAccumulator} promises, held against the JDK's own and against ours. */
class LongAccumulatorContractTest {
  /** Values around every change of sign or carry. */
  private static final long[] EDGES = {
    0,
    1,
    -1,
    2,
    -2,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1,
    Long.MAX_VALUE,
    Long.MAX_VALUE - 1,
    1L << 32
  };

  private interface SerializableOperator extends LongBinaryOperator, Serializable {}

  /** A way of making accumulators, and what they do. */
  record Kind(
      String name, Supplier<LongAccumulator> maker, LongBinaryOperator function, long identity) {
    LongAccumulator make() {
      return maker.get();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        jdk("max", Math::max, Long.MIN_VALUE),
        jdk("min", Math::min, Long.MAX_VALUE),
        jdk("or", (a, b) -> a | b, 0),
        new Kind("our max", PerCpuLongAccumulator::max, Math::max, Long.MIN_VALUE),
        new Kind("our min", PerCpuLongAccumulator::min, Math::min, Long.MAX_VALUE),
        new Kind("our or", PerCpuLongAccumulator::or, (a, b) -> a | b, 0));
  }

  private static Kind jdk(String name, SerializableOperator function, long identity) {
    return new Kind(
        "the JDK's " + name, () -> new LongAccumulator(function, identity), function, identity);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void startsWithItsIdentity(Kind kind) {
    assertThat(kind.make().get()).isEqualTo(kind.identity);
    assertThat(kind.make().getThenReset()).isEqualTo(kind.identity);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void accumulatesAllPairsOfEdges(Kind kind) {
    LongAccumulator accumulator = kind.make();
    for (long first : EDGES) {
      for (long second : EDGES) {
        accumulator.accumulate(first);
        assertThat(accumulator.get()).isEqualTo(kind.function.applyAsLong(kind.identity, first));
        accumulator.accumulate(second);
        assertThat(accumulator.getThenReset())
            .as("%d and %d", first, second)
            .isEqualTo(kind.function.applyAsLong(first, second));
        assertThat(accumulator.get()).isEqualTo(kind.identity);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void converts(Kind kind) {
    LongAccumulator accumulator = kind.make();
    long value = -0x123456789ABCDEFL;
    accumulator.accumulate(value);
    assertThat(accumulator.longValue()).isEqualTo(value);
    assertThat(accumulator.intValue()).isEqualTo((int) value);
    assertThat(accumulator.shortValue()).isEqualTo((short) value);
    assertThat(accumulator.byteValue()).isEqualTo((byte) value);
    assertThat(accumulator.floatValue()).isEqualTo((float) value);
    assertThat(accumulator.doubleValue()).isEqualTo((double) value);
    assertThat(accumulator).hasToString(Long.toString(value));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void resets(Kind kind) {
    LongAccumulator accumulator = kind.make();
    for (int i = 1; i < 5; i++) {
      accumulator.accumulate(i);
      assertThat(accumulator.get()).isEqualTo(i);
      accumulator.reset();
      assertThat(accumulator.get()).isEqualTo(kind.identity);
      accumulator.reset();
      assertThat(accumulator.get()).isEqualTo(kind.identity);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void isAnIdentity(Kind kind) {
    LongAccumulator one = kind.make();
    LongAccumulator other = kind.make();
    assertThat(one).isNotEqualTo(other);
    one.accumulate(1);
    assertThat(other.get()).isEqualTo(kind.identity);
  }

  private record Holder(LongAccumulator accumulator) implements Serializable {}

  @ParameterizedTest
  @MethodSource("kinds")
  void serializesInAFieldDeclaredAsLongAccumulator(Kind kind) throws Exception {
    LongAccumulator accumulator = kind.make();
    assertThat(((LongAccumulator) SerializedCopy.of(accumulator)).get()).isEqualTo(kind.identity);
    accumulator.accumulate(6);
    LongAccumulator copy = ((Holder) SerializedCopy.of(new Holder(accumulator))).accumulator();
    assertThat(copy).isExactlyInstanceOf(LongAccumulator.class);
    assertThat(copy.get()).isEqualTo(6);
    for (long next : EDGES) {
      accumulator.accumulate(next);
      copy.accumulate(next);
      assertThat(copy.get()).isEqualTo(accumulator.get());
    }
    copy.reset();
    assertThat(copy.get()).isEqualTo(kind.identity);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void losesNothingAccumulatedByManyThreads(Kind kind) throws Exception {
    LongAccumulator accumulator = kind.make();
    AtomicLong seeds = new AtomicLong();
    AtomicLong expected = new AtomicLong(kind.identity);
    ManyThreads.run(
        8,
        () -> {
          SplittableRandom random = new SplittableRandom(seeds.incrementAndGet());
          long own = kind.identity;
          for (int i = 0; i < 20_000; i++) {
            long value = random.nextLong() >> random.nextInt(Long.SIZE);
            accumulator.accumulate(value);
            own = kind.function.applyAsLong(own, value);
          }
          expected.accumulateAndGet(own, kind.function);
        });
    assertThat(accumulator.get()).isEqualTo(expected.get());
  }

  @Test
  void everyBitIsInExactlyOneGetThenReset() throws Exception {
    PerCpuLongAccumulator accumulator = PerCpuLongAccumulator.or();
    AtomicLong taken = new AtomicLong();
    for (int round = 0; round < 200; round++) {
      AtomicLong next = new AtomicLong();
      taken.set(0);
      ManyThreads.run(
          5,
          () -> {
            long number = next.getAndIncrement();
            for (int i = 0; i < 12; i++) {
              accumulator.accumulate(1L << (12 * number + i));
              if (i % 4 == number % 4) {
                take(accumulator, taken);
              }
            }
          });
      take(accumulator, taken);
      assertThat(taken.get()).isEqualTo((1L << 60) - 1);
    }
  }

  private static void take(LongAccumulator accumulator, AtomicLong taken) {
    long bits = accumulator.getThenReset();
    assertThat(taken.getAndUpdate(before -> before | bits) & bits).as("taken twice").isZero();
  }

  @Test
  void cellsAreUsedAgainAndStartEmpty() throws Exception {
    CellSlabs slabs = BankedCell.slabs();
    for (int round = 0; round < 3; round++) {
      List<PerCpuLongAccumulator> accumulators = new ArrayList<>();
      for (int i = 0; i < 5 * slabs.cells(); i++) {
        PerCpuLongAccumulator accumulator =
            i % 2 == 0 ? PerCpuLongAccumulator.or() : PerCpuLongAccumulator.min();
        assertThat(accumulator.get()).isEqualTo(i % 2 == 0 ? 0 : Long.MAX_VALUE);
        accumulator.accumulate(-1);
        if (i % 3 == 0) {
          accumulator.reset();
        }
        accumulator.accumulate(i + 1);
        accumulators.add(accumulator);
      }
      for (int i = 0; i < accumulators.size(); i++) {
        assertThat(accumulators.get(i).get()).isEqualTo(i % 3 == 0 ? i + 1 : -1);
      }
    }
    for (int i = 0; i < 100 && slabs.withRoom() > 2; i++) {
      System.gc();
      Thread.sleep(50);
    }
    assertThat(slabs.withRoom()).as("slabs kept").isLessThanOrEqualTo(2);
  }
}
