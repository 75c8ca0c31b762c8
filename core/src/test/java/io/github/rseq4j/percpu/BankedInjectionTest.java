package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.rseq.Disturbance;
import io.github.rseq4j.internal.rseq.HeldSequence;
import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Sequence;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Disturbs a thread at every point of the sequences of {@link BankedSequences}. */
class BankedInjectionTest {
  private static final long OFFSET = BankedLayout.BYTES;

  static Stream<Arguments> sequencesAndDisturbances() {
    return Stream.of(BankedSequences.MAX, BankedSequences.OR, BankedSequences.ADD_DOUBLE)
        .flatMap(
            sequence ->
                Stream.of(Disturbance.values())
                    .map(disturbance -> Arguments.of(sequence, disturbance)));
  }

  @ParameterizedTest(name = "{index} {1}")
  @MethodSource("sequencesAndDisturbances")
  void putsOnceIntoTheCurrentBank(Sequence sequence, Disturbance disturbance) throws Exception {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    assumeTrue(
        disturbance != Disturbance.MIGRATION || CpuSet.allowed().count() >= 2,
        "one CPU only: nowhere to migrate to");
    int home = CpuSet.allowed().ids().nextSetBit(0);
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence held = new HeldSequence(sequence, index);
      held.atEveryPoint(
          point -> {
            boolean disturbed = false;
            for (int current = 0; current < 2; current++) {
              Region region = region(sequence, current);
              HeldSequence.Outcome outcome =
                  held.call(point, home, disturbance, region, OFFSET, 5L);
              assertThat(outcome.result()).isEqualTo(BankedSequences.CHANGED);
              assertOneBankHolds(5, region, current);
              disturbed |= outcome.disturbed();
            }
            return disturbed;
          });
    }
  }

  private static Region region(Sequence sequence, int current) {
    Region region = Region.allocate(OFFSET + BankedLayout.BYTES, sequence);
    for (int slice = 0; slice < region.slices(); slice++) {
      region.setRelease(slice, OFFSET + BankedLayout.CURRENT.displacement(), current);
    }
    return region;
  }

  private static void assertOneBankHolds(long value, Region region, int current) {
    assertThat(region.sum(OFFSET + BankedLayout.bank(current))).isEqualTo(value);
    assertThat(region.sum(OFFSET + BankedLayout.bank(1 - current))).isZero();
    assertThat(region.sum(OFFSET + BankedLayout.CURRENT.displacement()))
        .isEqualTo((long) current * region.slices());
    assertThat(region.sum(0)).as("before the cell").isZero();
  }
}
