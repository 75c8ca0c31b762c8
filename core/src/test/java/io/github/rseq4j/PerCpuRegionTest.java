package io.github.rseq4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Rule;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.SequenceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PerCpuRegionTest {
  private static final Address STOPPED = Address.of("stopped", 0);
  private static final Address COUNT = Address.of("count", 8);
  private static final Address COPIED = Address.of("copied", 16);
  private static final Exit ADDED = Exit.of("added", 0);
  private static final Exit STOPPED_EXIT = Exit.of("stopped", 1);
  private static final int SLICE = 256;

  private static final Sequence ADD =
      Sequence.define("add", s -> s.commitAdd64(COUNT, s.parameter("delta"), ADDED));

  private static final Sequence ADD_UNLESS_STOPPED =
      Sequence.define(
          "add_unless_stopped",
          s -> {
            s.exitIf(s.loadAcquire64("stopped", STOPPED), Condition.NOT_EQUAL, 0, STOPPED_EXIT);
            s.commitAdd64(COUNT, 1, ADDED);
          });

  private static final Sequence PUT =
      Sequence.define(
          "put",
          s -> {
            var index = s.parameter("index");
            var value = s.parameter("value");
            s.commit64(Address.of("start", 0).longAt(index), value, ADDED);
          });

  private final PerCpuRegion region = PerCpuRegion.allocate(SLICE);

  @Test
  void linksHandlesOfPrimitiveType() throws Throwable {
    MethodHandle add = region.link(ADD);
    assertThat(add.type()).isEqualTo(MethodType.methodType(long.class, long.class));
    for (long i = 1; i <= 100; i++) {
      assertThat((long) add.invokeExact(i)).isZero();
    }
    assertThat(region.sum(COUNT.displacement())).isEqualTo(5050);
  }

  @Test
  void linksPrograms() throws Throwable {
    Sequence second = Sequence.define("again", s -> s.commitAdd64(COPIED, s.parameter("n"), ADDED));
    MethodHandle both = region.link(Program.of("both", ADD, second));
    assertThat((long) both.invokeExact(7L)).isZero();
    assertThat(region.sum(COUNT.displacement())).isEqualTo(7);
    assertThat(region.sum(COPIED.displacement())).isEqualTo(7);
  }

  @Test
  void copiesFromAndToTheCallersMemory() throws Throwable {
    MethodHandle exchange =
        region.link(
            Sequence.define(
                "exchange",
                s -> {
                  var from = s.source("from");
                  var to = s.destination("to");
                  s.copy(COPIED, from, from.size(), 8);
                  s.copyOut(to, COPIED, from.size(), 8);
                  s.commitAdd64(COUNT, 1, ADDED);
                }));
    assertThat(exchange.type())
        .isEqualTo(MethodType.methodType(long.class, MemorySegment.class, MemorySegment.class));
    byte[] from = {1, 2, 3, 4, 5};
    byte[] to = new byte[5];
    long result =
        (long) exchange.invokeExact(MemorySegment.ofArray(from), MemorySegment.ofArray(to));
    assertThat(result).isZero();
    assertThat(to).isEqualTo(from);
    MemorySegment tooSmall = MemorySegment.ofArray(new byte[4]);
    result = (long) exchange.invokeExact(MemorySegment.ofArray(from), tooSmall);
    assertThat(result).isEqualTo(Exit.OUT_OF_BOUNDS);
    assertThat(region.sum(COUNT.displacement())).isEqualTo(1);
  }

  @Test
  void refusesADestinationThatIsReadOnly() {
    MethodHandle out =
        region.link(
            Sequence.define(
                "out",
                s -> {
                  var to = s.destination("to");
                  s.storeOut64(to, 0, to.size());
                  s.commitAdd64(COUNT, 1, ADDED);
                }));
    MemorySegment readOnly = MemorySegment.ofArray(new long[1]).asReadOnly();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> out.invoke(readOnly))
        .withMessageContaining("read-only");
    assertThat(region.sum(COUNT.displacement())).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {SLICE / 8, SLICE / 8 + 1, 1L << 61, -1, Long.MAX_VALUE, Long.MIN_VALUE})
  void noArgumentReachesOutsideTheSlice(long index) throws Throwable {
    MethodHandle put = region.link(PUT);
    long result = (long) put.invokeExact(index, -1L);
    assertThat(result).isEqualTo(Exit.OUT_OF_BOUNDS);
    for (int slice = 0; slice < region.slices(); slice++) {
      assertThat(region.slice(slice).toArray(ValueLayout.JAVA_LONG)).containsOnly(0);
    }
  }

  @Test
  void refusesAConstantAddressOutsideTheSlice() {
    PerCpuRegion small = PerCpuRegion.allocate(128);
    Sequence sequence =
        Sequence.define(
            "outside",
            s -> {
              s.load64("fits", Address.of("fits", 120));
              s.commitAdd64(Address.of("outside", 128), 1, ADDED);
            });
    assertThatExceptionOfType(SequenceException.class)
        .isThrownBy(() -> small.link(sequence))
        .satisfies(e -> assertThat(e.rule()).isEqualTo(Rule.INSIDE_SLICE))
        .satisfies(e -> assertThat(e.step()).isEqualTo(1));
  }

  @ParameterizedTest
  @EnumSource
  void bothIndexKindsAreLinkedEverywhere(IndexKind index) throws Throwable {
    MethodHandle add = region.link(ADD.indexedBy(index));
    assertThat((long) add.invokeExact(3L)).isZero();
    assertThat(region.sum(COUNT.displacement())).isEqualTo(3);
  }

  @Test
  void aStoppedSliceIsLeftAlone() throws Throwable {
    MethodHandle add = region.link(ADD_UNLESS_STOPPED);
    LongAdder added = new LongAdder();
    AtomicBoolean end = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!end.get()) {
                      added.add(add(add) == 0 ? 1 : 0);
                    }
                  }));
    }
    long taken = 0;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    for (int round = 0;
        round < 2000 && (round < region.slices() || System.nanoTime() - deadline < 0);
        round++) {
      long[] seen = new long[1];
      region.runStopped(
          round % region.slices(),
          STOPPED.displacement(),
          slice -> {
            long count = slice.get(ValueLayout.JAVA_LONG, COUNT.displacement());
            for (int i = 0; i < 100; i++) {
              Thread.onSpinWait();
            }
            assertThat(slice.get(ValueLayout.JAVA_LONG, COUNT.displacement())).isEqualTo(count);
            slice.set(ValueLayout.JAVA_LONG, COUNT.displacement(), 0);
            seen[0] = count;
          });
      taken += seen[0];
    }
    end.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(taken + region.sum(COUNT.displacement())).isEqualTo(added.sum());
    assertThat(added.sum()).isPositive();
    assertThat(region.sum(STOPPED.displacement())).isZero();
  }

  @Test
  void anActionThatFailsStopsNothingForGood() throws Throwable {
    MethodHandle add = region.link(ADD_UNLESS_STOPPED);
    for (int slice = 0; slice < region.slices(); slice++) {
      int number = slice;
      assertThatExceptionOfType(ArithmeticException.class)
          .isThrownBy(
              () ->
                  region.runStopped(
                      number,
                      0,
                      _ -> {
                        throw new ArithmeticException();
                      }));
    }
    assertThat(add(add)).isZero();
  }

  @Test
  void refusesBadPlaces() {
    int slices = region.slices();
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> region.getAcquire(slices, 0));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> region.getAcquire(0, SLICE - 7));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> region.setRelease(-1, 0, 0));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> region.setRelease(0, -8, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> region.sum(4));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> region.slice(slices));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> region.fence(slices));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> region.runStopped(0, SLICE, _ -> {}));
    assertThatIllegalArgumentException().isThrownBy(() -> PerCpuRegion.allocate(0));
    assertThatIllegalArgumentException().isThrownBy(() -> PerCpuRegion.allocate((1L << 40) + 1));
  }

  @Test
  void aSliceCanOnlyBeRead() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> region.slice(0).set(ValueLayout.JAVA_LONG, 0, 1));
  }

  @Test
  void theCallersMemoryMayBeNative() throws Throwable {
    MethodHandle out =
        region.link(
            Sequence.define(
                "out",
                s -> {
                  var number = s.parameter("number");
                  s.storeOut64(s.destination("to"), 8, number);
                  s.commitAdd64(COUNT, 1, ADDED);
                }));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment to = arena.allocate(16);
      assertThat((long) out.invokeExact(99L, to)).isZero();
      assertThat(to.get(ValueLayout.JAVA_LONG_UNALIGNED, 8)).isEqualTo(99);
    }
  }

  private static long add(MethodHandle add) {
    try {
      return (long) add.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
