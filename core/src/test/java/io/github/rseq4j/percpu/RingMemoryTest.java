package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.rseq.Region;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What ring buffers take of this machine's memory. */
class RingMemoryTest {
  private static final int CAPACITY = 1 << 23;
  private static final int RECORDS = 512;
  private static final int LENGTH = 4096;

  @ParameterizedTest
  @MethodSource("io.github.rseq4j.percpu.MergedReadTest#buffers")
  void aBufferTakesThePagesThatItsRecordsTouch(IntFunction<PerCpuRingBuffer> buffers)
      throws Exception {
    assumeTrue(Rseq.availability().active(), "memory comes from malloc");
    RegionPages.assumeSmall();
    PerCpuRingBuffer buffer = buffers.apply(CAPACITY);
    Region region = buffer.region();
    long empty = RegionPages.present(region);
    assertThat(empty).as("pages without records").isLessThanOrEqualTo(region.slices());
    byte[] record = new byte[LENGTH];
    for (int n = 0; n < RECORDS; n++) {
      assertThat(buffer.write(n, record)).isTrue();
    }
    long fewest = (long) RECORDS * LENGTH / RegionPages.BYTES;
    // On each CPU that the thread has been on, the headers and the ends take part of some more.
    long headers = RECORDS * RingLayout.numberedBytes(0) / RegionPages.BYTES + 3L * region.slices();
    assertThat(RegionPages.present(region) - empty).isBetween(fewest, fewest + headers);
  }
}
