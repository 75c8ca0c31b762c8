package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import io.github.rseq4j.internal.rseq.HeldSequence;
import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.sequence.IndexKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Holds a thread at every point of every built-in sequence in turn, disturbs it there, and sees
 * that the kernel aborts it and that its effect is there exactly once.
 */
class InjectionTest {
  private static final int CAPACITY = PerCpuRingBuffer.MIN_CAPACITY;
  private static final byte[] BYTES = "twenty-four bytes of data".getBytes(StandardCharsets.UTF_8);

  enum Disturbance {
    MIGRATION,
    SIGNAL
  }

  private int home;
  private int away;

  @BeforeEach
  void requireTwoCpus() {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    BitSet allowed = CpuSet.allowed().ids();
    assumeTrue(allowed.cardinality() >= 2, "one CPU only: nowhere to migrate to");
    home = allowed.nextSetBit(0);
    away = allowed.nextSetBit(home + 1);
  }

  private IntConsumer at(Disturbance disturbance) {
    return switch (disturbance) {
      case MIGRATION -> tid -> Threads.setAffinity(tid, CpuSet.of(away));
      case SIGNAL -> tid -> Threads.tgkill(tid, Disturber.SIGPIPE);
    };
  }

  private void assertSlice(Disturbance disturbance, IndexKind index, int slice) {
    if (index == IndexKind.CPU_ID) {
      assertThat(slice).isEqualTo(disturbance == Disturbance.MIGRATION ? away : home);
    }
  }

  @ParameterizedTest
  @EnumSource
  void counterAddIsRestartedAndExact(Disturbance disturbance) throws Exception {
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence add = new HeldSequence(CounterLayout.ADD, index);
      for (int point = 1; point <= add.points(); point++) {
        Region region = Region.allocate(64, CounterLayout.ADD);
        HeldSequence.Outcome outcome =
            add.call(point, home, at(disturbance), region, CounterLayout.offset(3), 5L);
        assertThat(outcome.restarts()).as("restarts at point %d", point).isPositive();
        assertThat(outcome.result()).isZero();
        assertThat(region.sum(CounterLayout.offset(3))).isEqualTo(5);
        int slice = 0;
        while (region.getAcquire(slice, CounterLayout.offset(3)) == 0) {
          slice++;
        }
        assertSlice(disturbance, index, slice);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void ringWriteIsRestartedAndWritesOnce(Disturbance disturbance) throws Exception {
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence write = new HeldSequence(RingSequences.WRITE, index);
      BitSet reached = new BitSet();
      for (int point = 1; point <= write.points(); point++) {
        Region region = ring();
        HeldSequence.Outcome outcome =
            write.call(point, home, at(disturbance), writeArguments(region));
        assertThat(outcome.result()).isEqualTo(RingSequences.WRITTEN);
        assertOneRecord(region);
        mark(reached, point, outcome);
        Region full = fullRing();
        outcome = write.call(point, home, at(disturbance), writeArguments(full));
        assertThat(outcome.result()).isEqualTo(RingSequences.FULL);
        assertThat(full.sum(RingLayout.LOST.displacement())).isEqualTo(1);
        mark(reached, point, outcome);
      }
      assertThat(reached.cardinality()).as("points reached").isEqualTo(write.points());
    }
  }

  @ParameterizedTest
  @EnumSource
  void ringClaimIsRestartedAndReservesOnce(Disturbance disturbance) throws Exception {
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence claim = new HeldSequence(RingSequences.CLAIM, index);
      BitSet reached = new BitSet();
      for (int point = 1; point <= claim.points(); point++) {
        Region region = ring();
        long header = RingLayout.claimedHeader(7, BYTES.length);
        Object[] arguments = {region, 0L, CAPACITY - 1L, header, (long) BYTES.length};
        HeldSequence.Outcome outcome = claim.call(point, home, at(disturbance), arguments);
        assertThat(region.sum(RingLayout.TAIL.displacement()))
            .isEqualTo(RingLayout.recordBytes(BYTES.length));
        assertThat(region.getAcquire(outcome.result())).isEqualTo(header);
        if (outcome.restarts() > 0) {
          assertSlice(disturbance, index, (int) (outcome.result() / region.stride()));
        }
        mark(reached, point, outcome);
        arguments[0] = fullRing();
        outcome = claim.call(point, home, at(disturbance), arguments);
        assertThat(outcome.result()).isEqualTo(RingSequences.FULL);
        assertThat(((Region) arguments[0]).sum(RingLayout.LOST.displacement())).isEqualTo(1);
        mark(reached, point, outcome);
      }
      assertThat(reached.cardinality()).as("points reached").isEqualTo(claim.points());
    }
  }

  private static Object[] writeArguments(Region region) {
    return new Object[] {
      region, 0L, CAPACITY - 1L, RingLayout.header(7, BYTES.length), MemorySegment.ofArray(BYTES)
    };
  }

  private static void mark(BitSet reached, int point, HeldSequence.Outcome outcome) {
    if (outcome.restarts() >= 0) {
      assertThat(outcome.restarts()).as("restarts at point %d", point).isPositive();
      reached.set(point);
    }
  }

  private static Region ring() {
    return Region.allocate(
        RingLayout.sliceBytes(CAPACITY, RingLayout.maxLength(CAPACITY)),
        RingSequences.WRITE,
        RingSequences.CLAIM);
  }

  private static Region fullRing() {
    Region region = ring();
    for (int slice = 0; slice < region.slices(); slice++) {
      region.setRelease(slice, RingLayout.TAIL.displacement(), CAPACITY);
    }
    return region;
  }

  private static void assertOneRecord(Region region) {
    int records = 0;
    for (int slice = 0; slice < region.slices(); slice++) {
      long tail = region.getAcquire(slice, RingLayout.TAIL.displacement());
      if (tail != 0) {
        records++;
        assertThat(tail).isEqualTo(RingLayout.recordBytes(BYTES.length));
        long data = slice * region.stride() + RingLayout.DATA.displacement();
        assertThat(region.getAcquire(data)).isEqualTo(RingLayout.header(7, BYTES.length));
        assertThat(
                region
                    .memory()
                    .asSlice(data + RingLayout.HEADER_BYTES, BYTES.length)
                    .toArray(ValueLayout.JAVA_BYTE))
            .isEqualTo(BYTES);
      }
    }
    assertThat(records).isEqualTo(1);
    assertThat(region.sum(RingLayout.LOST.displacement())).isZero();
  }
}
