package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a {@link LongAdder} promises, held against the JDK's own and against ours. */
class LongAdderContractTest {
  static Stream<Named<Supplier<LongAdder>>> adders() {
    return Stream.of(
        Named.of("LongAdder", LongAdder::new), Named.of("PerCpuLongAdder", PerCpuLongAdder::new));
  }

  @ParameterizedTest
  @MethodSource("adders")
  void addsAndConverts(Supplier<LongAdder> adders) {
    LongAdder adder = adders.get();
    assertThat(adder.sum()).isZero();
    adder.add(40);
    adder.increment();
    adder.increment();
    adder.decrement();
    adder.add(-2);
    assertThat(adder.sum()).isEqualTo(39);
    assertThat(adder.longValue()).isEqualTo(39L);
    assertThat(adder.intValue()).isEqualTo(39);
    assertThat(adder.shortValue()).isEqualTo((short) 39);
    assertThat(adder.byteValue()).isEqualTo((byte) 39);
    assertThat(adder.floatValue()).isEqualTo(39f);
    assertThat(adder.doubleValue()).isEqualTo(39d);
    assertThat(adder).hasToString("39");
  }

  @ParameterizedTest
  @MethodSource("adders")
  void wrapsAround(Supplier<LongAdder> adders) {
    LongAdder adder = adders.get();
    adder.add(Long.MAX_VALUE);
    adder.add(1);
    assertThat(adder.sum()).isEqualTo(Long.MIN_VALUE);
    assertThat(adder.intValue()).isZero();
    assertThat(adder.doubleValue()).isEqualTo(-0x1p63);
  }

  @ParameterizedTest
  @MethodSource("adders")
  void resets(Supplier<LongAdder> adders) {
    LongAdder adder = adders.get();
    adder.add(5);
    assertThat(adder.sumThenReset()).isEqualTo(5);
    assertThat(adder.sum()).isZero();
    adder.add(7);
    assertThat(adder.sum()).isEqualTo(7);
    adder.reset();
    assertThat(adder.sum()).isZero();
    assertThat(adder.sumThenReset()).isZero();
  }

  @ParameterizedTest
  @MethodSource("adders")
  void isAnIdentity(Supplier<LongAdder> adders) {
    LongAdder one = adders.get();
    LongAdder other = adders.get();
    assertThat(one).isNotEqualTo(other);
    one.add(1);
    assertThat(other.sum()).isZero();
  }

  private record Holder(LongAdder adder) implements Serializable {}

  @ParameterizedTest
  @MethodSource("adders")
  void serializesInAFieldDeclaredAsLongAdder(Supplier<LongAdder> adders) throws Exception {
    LongAdder adder = adders.get();
    adder.add(123);
    Holder copy = (Holder) SerializedCopy.of(new Holder(adder));
    assertThat(copy.adder()).isExactlyInstanceOf(LongAdder.class);
    assertThat(copy.adder().sum()).isEqualTo(123);
    adder.add(1);
    assertThat(copy.adder().sum()).isEqualTo(123);
  }

  @ParameterizedTest
  @MethodSource("adders")
  void losesNothingAddedByManyThreads(Supplier<LongAdder> adders) throws Exception {
    LongAdder adder = adders.get();
    long each = 50_000;
    ManyThreads.run(8, () -> add(adder, each));
    assertThat(adder.sum()).isEqualTo(8 * each);
  }

  @Test
  void everyAdditionIsInExactlyOneSumThenReset() throws Exception {
    PerCpuLongAdder adder = new PerCpuLongAdder();
    AtomicLong taken = new AtomicLong();
    long each = 200_000;
    Thread taker =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    taken.addAndGet(adder.sumThenReset());
                  }
                });
    ManyThreads.run(4, () -> add(adder, each));
    taker.interrupt();
    taker.join();
    assertThat(taken.get() + adder.sum()).isEqualTo(4 * each);
  }

  @Test
  void cellsAreUsedAgainAndStartFromZero() throws Exception {
    for (int round = 0; round < 3; round++) {
      List<PerCpuLongAdder> adders = new ArrayList<>();
      for (int i = 0; i < 5 * PerCpuLongAdder.slabs().cells(); i++) {
        PerCpuLongAdder adder = new PerCpuLongAdder();
        assertThat(adder.sum()).isZero();
        adder.add(i + 1);
        adders.add(adder);
      }
      for (int i = 0; i < adders.size(); i++) {
        assertThat(adders.get(i).sum()).isEqualTo(i + 1);
      }
    }
    for (int i = 0; i < 100 && PerCpuLongAdder.slabs().withRoom() > 2; i++) {
      System.gc();
      Thread.sleep(50);
    }
    assertThat(PerCpuLongAdder.slabs().withRoom()).as("slabs kept").isLessThanOrEqualTo(2);
  }

  private static void add(LongAdder adder, long times) {
    for (long i = 0; i < times; i++) {
      adder.increment();
    }
  }
}
