package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.rseq.Disturbance;
import io.github.rseq4j.internal.rseq.HeldSequence;
import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
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

  private int home;

  @BeforeEach
  void requireRseq() {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    home = CpuSet.allowed().ids().nextSetBit(0);
  }

  private static void assumePossible(Disturbance disturbance) {
    assumeTrue(
        disturbance != Disturbance.MIGRATION || CpuSet.allowed().count() >= 2,
        "one CPU only: nowhere to migrate to");
  }

  private void assertSlice(
      Disturbance disturbance, IndexKind index, HeldSequence.Outcome outcome, int slice) {
    if (outcome.disturbed() && index == IndexKind.CPU_ID) {
      int away = CpuSet.allowed().ids().nextSetBit(home + 1);
      assertThat(slice).isEqualTo(disturbance == Disturbance.MIGRATION ? away : home);
    }
  }

  @ParameterizedTest
  @EnumSource
  void counterAddIsRestartedAndExact(Disturbance disturbance) throws Exception {
    assumePossible(disturbance);
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence add = new HeldSequence(CounterLayout.ADD, index);
      long offset = CounterLayout.offset(3);
      add.atEveryPoint(
          point -> {
            Region region = Region.allocate(64, CounterLayout.ADD);
            HeldSequence.Outcome outcome = add.call(point, home, disturbance, region, offset, 5L);
            assertThat(outcome.result()).isZero();
            assertThat(region.sum(offset)).isEqualTo(5);
            int slice = 0;
            while (region.getAcquire(slice, offset) == 0) {
              slice++;
            }
            assertSlice(disturbance, index, outcome, slice);
            return outcome.disturbed();
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void ringWriteIsRestartedAndWritesOnce(Disturbance disturbance) throws Exception {
    assumePossible(disturbance);
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence write = new HeldSequence(RingSequences.WRITE, index);
      write.atEveryPoint(
          point -> {
            Region region = ring();
            HeldSequence.Outcome written =
                write.call(point, home, disturbance, writeArguments(region));
            assertThat(written.result()).isEqualTo(RingSequences.WRITTEN);
            assertOneRecord(region);
            Region full = fullRing();
            HeldSequence.Outcome lost = write.call(point, home, disturbance, writeArguments(full));
            assertThat(lost.result()).isEqualTo(RingSequences.FULL);
            assertThat(full.sum(RingLayout.LOST.displacement())).isEqualTo(1);
            return written.disturbed() || lost.disturbed();
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void ringClaimIsRestartedAndReservesOnce(Disturbance disturbance) throws Exception {
    assumePossible(disturbance);
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence claim = new HeldSequence(RingSequences.CLAIM, index);
      claim.atEveryPoint(
          point -> {
            Region region = ring();
            long header = RingLayout.claimedHeader(7, BYTES.length);
            Object[] arguments = {region, 0L, CAPACITY - 1L, header, (long) BYTES.length};
            HeldSequence.Outcome claimed = claim.call(point, home, disturbance, arguments);
            assertThat(region.sum(RingLayout.TAIL.displacement()))
                .isEqualTo(RingLayout.recordBytes(BYTES.length));
            assertThat(region.getAcquire(claimed.result())).isEqualTo(header);
            int slice = (int) (claimed.result() / region.stride());
            assertSlice(disturbance, index, claimed, slice);
            Region full = fullRing();
            arguments[0] = full;
            HeldSequence.Outcome lost = claim.call(point, home, disturbance, arguments);
            assertThat(lost.result()).isEqualTo(RingSequences.FULL);
            assertThat(full.sum(RingLayout.LOST.displacement())).isEqualTo(1);
            return claimed.disturbed() || lost.disturbed();
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void inAProgramOnlyTheSequenceThatWasAbortedRunsAgain(Disturbance disturbance) throws Exception {
    assumePossible(disturbance);
    Program program = Program.of("three", adding(0), adding(8), adding(16));
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence held = new HeldSequence(program, index);
      held.atEveryPoint(
          point -> {
            Region region = Region.allocate(64);
            HeldSequence.Outcome outcome = held.call(point, home, disturbance, region, 0L, 5L);
            assertThat(outcome.result()).isEqualTo(16);
            for (int offset : new int[] {0, 8, 16}) {
              assertThat(region.sum(offset)).as("sum %d, point %d", offset, point).isEqualTo(5);
            }
            return outcome.disturbed();
          });
    }
  }

  /** Adds by a load and a store, at an offset that it also returns. */
  private static Sequence adding(int offset) {
    Address cell = Address.of("cell", offset);
    return Sequence.define(
        "add_at_" + offset,
        s -> {
          var delta = s.parameter("delta");
          var sum = s.add("sum", s.load64("value", cell), delta);
          s.commit64(cell, sum, Exit.of("added", offset));
        });
  }

  private static Object[] writeArguments(Region region) {
    return new Object[] {
      region, 0L, CAPACITY - 1L, RingLayout.header(7, BYTES.length), MemorySegment.ofArray(BYTES)
    };
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
