package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.rseq.Disturbance;
import io.github.rseq4j.internal.rseq.HeldSequence;
import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.sequence.IndexKind;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Holds a thread at every point of recording a value, disturbs it there, and sees that the value is
 * recorded exactly once.
 */
class HistogramInjectionTest {
  private static final int BUCKETS = 4;
  private static final long VALUE = 17;
  private static final long BUCKET = 2;

  @ParameterizedTest
  @EnumSource
  void aValueIsRecordedOnce(Disturbance disturbance) throws Exception {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    int cpus = CpuSet.allowed().count();
    assumeTrue(disturbance != Disturbance.MIGRATION || cpus > 1, "nowhere to migrate to");
    int home = CpuSet.allowed().ids().nextSetBit(0);
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence record = new HeldSequence(HistogramSequences.RECORD_CLAMPED, index);
      record.atEveryPoint(
          point -> {
            Region region = Region.allocate(HistogramLayout.sliceBytes(BUCKETS));
            HeldSequence.Outcome outcome =
                record.call(point, home, disturbance, region, 0L, VALUE, BUCKET);
            assertThat(outcome.result()).isEqualTo(HistogramSequences.DONE);
            assertRecordedOnce(region);
            return outcome.disturbed();
          });
    }
  }

  private static void assertRecordedOnce(Region region) {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      assertThat(region.sum(HistogramLayout.count(bucket)))
          .as("bucket %d", bucket)
          .isEqualTo(bucket == BUCKET ? 1 : 0);
    }
    assertThat(region.sum(HistogramLayout.SUM.displacement())).isEqualTo(VALUE);
    assertThat(region.sum(HistogramLayout.CLAMPED.displacement())).isEqualTo(1);
    // Where it was aborted after these stores, the extremes stay in that slice too.
    assertExtreme(region, HistogramLayout.HIGHEST.displacement(), HistogramLayout::highest);
    assertExtreme(region, HistogramLayout.LOWEST.displacement(), HistogramLayout::lowest);
  }

  private static void assertExtreme(Region region, long offset, LongUnaryOperator value) {
    assertThat(
            LongStream.range(0, region.slices())
                .map(slice -> region.getAcquire((int) slice, offset))
                .filter(word -> word != 0)
                .map(value)
                .distinct())
        .containsExactly(VALUE);
  }
}
