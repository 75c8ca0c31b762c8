package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.rseq.Disturbance;
import io.github.rseq4j.internal.rseq.HeldSequence;
import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Disturbs a writer at every point of the sequences of a ring that overwrites. */
class OverwriteInjectionTest {
  private static final int CAPACITY = PerCpuRingBuffer.MIN_CAPACITY;
  private static final long MASK = CAPACITY - 1L;
  private static final byte[] BYTES = "twenty-five bytes of data".getBytes(StandardCharsets.UTF_8);
  private static final long HEADER = RingLayout.header(7, BYTES.length);

  /** Four of these fill a ring, so that there is no room for the bytes. */
  private static final int OLD_LENGTH = 1000;

  private static final int OLD_RECORDS = 4;
  private static final long OLD_BYTES = RingLayout.numberedBytes(OLD_LENGTH);

  private static Region ring() {
    return Region.allocate(
        RingLayout.sliceBytes(CAPACITY, RingLayout.maxLength(CAPACITY)),
        OverwriteSequences.MAKE_ROOM,
        OverwriteSequences.OVERWRITE);
  }

  private static Region fullRing() {
    Region region = ring();
    for (int slice = 0; slice < region.slices(); slice++) {
      for (int number = 0; number < OLD_RECORDS; number++) {
        long at = RingLayout.DATA.displacement() + number * OLD_BYTES;
        region.setRelease(slice, at, RingLayout.header(number, OLD_LENGTH));
        region.setRelease(slice, at + RingLayout.HEADER_BYTES, number);
      }
      long tail = OLD_RECORDS * OLD_BYTES;
      region.setRelease(slice, RingLayout.NUMBER.displacement() + tail, OLD_RECORDS);
      region.setRelease(slice, RingLayout.TAIL.displacement(), tail);
    }
    return region;
  }

  private static Object[] arguments(Region region) {
    return new Object[] {region, 0L, MASK, HEADER, MemorySegment.ofArray(BYTES)};
  }

  @ParameterizedTest
  @EnumSource
  void overwritingIsRestartedAndWritesOnce(Disturbance disturbance) throws Exception {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    assumeTrue(
        disturbance != Disturbance.MIGRATION || CpuSet.allowed().count() >= 2,
        "one CPU only: nowhere to migrate to");
    int home = CpuSet.allowed().ids().nextSetBit(0);
    Program program =
        Program.of("overwrite", OverwriteSequences.MAKE_ROOM, OverwriteSequences.OVERWRITE);
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence held = new HeldSequence(program, index);
      held.atEveryPoint(
          point -> {
            Region empty = ring();
            HeldSequence.Outcome first = held.call(point, home, disturbance, arguments(empty));
            assertThat(first.result()).isEqualTo(RingSequences.WRITTEN);
            assertRings(empty, 0);
            Region full = fullRing();
            HeldSequence.Outcome second = held.call(point, home, disturbance, arguments(full));
            long result = second.result();
            while (result == OverwriteSequences.FULL) {
              // It made room on one CPU and came to another.
              result = overwrite(full);
            }
            assertThat(result).isEqualTo(RingSequences.WRITTEN);
            assertRings(full, OLD_RECORDS);
            return first.disturbed() || second.disturbed();
          });
    }
  }

  private static long overwrite(Region region) {
    try {
      MemorySegment source = MemorySegment.ofArray(BYTES);
      return (long) OverwriteSequences.OVERWRITE_HANDLE.invokeExact(region, MASK, HEADER, source);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Checks that each ring is what a number of old records and at most one new have made of it. */
  private static void assertRings(Region region, int oldRecords) {
    int written = 0;
    for (int slice = 0; slice < region.slices(); slice++) {
      long start = slice * region.stride();
      long tail = region.getAcquire(slice, RingLayout.TAIL.displacement());
      long at = region.getAcquire(slice, RingLayout.OLDEST.displacement());
      assertThat(at).as("bytes given up").isIn(0L, OLD_BYTES);
      long number = at / OLD_BYTES;
      // What was aborted before its commit may have stored it.
      assertThat(region.getAcquire(slice, RingLayout.LOST.displacement()))
          .as("records given up")
          .isBetween(number, 1L);
      for (; number < oldRecords; number++) {
        assertThat(header(region, start + at)).isEqualTo(RingLayout.header((int) number, 1000));
        assertThat(number(region, start + at)).isEqualTo(number);
        at += OLD_BYTES;
      }
      if (at != tail) {
        written++;
        assertThat(header(region, start + at)).isEqualTo(HEADER);
        assertThat(number(region, start + at)).isEqualTo(number);
        long bytes = start + RingLayout.DATA.displacement() + RingLayout.NUMBERED_HEADER_BYTES + at;
        assertThat(region.memory().asSlice(bytes, BYTES.length).toArray(ValueLayout.JAVA_BYTE))
            .isEqualTo(BYTES);
        at += RingLayout.numberedBytes(BYTES.length);
        number++;
      }
      assertThat(at).as("tail").isEqualTo(tail);
      assertThat(number(region, start + (at & MASK))).as("next number").isEqualTo(number);
    }
    assertThat(written).isEqualTo(1);
  }

  private static long header(Region region, long position) {
    return region.getAcquire(RingLayout.DATA.displacement() + position);
  }

  private static long number(Region region, long position) {
    return region.getAcquire(RingLayout.NUMBER.displacement() + position);
  }
}
