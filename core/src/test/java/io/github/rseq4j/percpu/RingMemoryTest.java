package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.ResidentMemory;
import io.github.rseq4j.Rseq;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What ring buffers take of this machine's memory. */
class RingMemoryTest {
  private static final int BUFFERS = 16;
  private static final int CAPACITY = 1 << 23;
  private static final int RECORDS = 512;
  private static final int LENGTH = 4096;

  /** What else may happen in the process meanwhile. */
  private static final long SLACK = 24 << 20;

  @ParameterizedTest
  @MethodSource("io.github.rseq4j.percpu.MergedReadTest#buffers")
  void aBufferTakesThePagesThatItsRecordsTouch(IntFunction<PerCpuRingBuffer> buffers)
      throws Exception {
    assumeTrue(Rseq.availability().active(), "memory comes from malloc");
    byte[] record = new byte[LENGTH];
    List<PerCpuRingBuffer> all = new ArrayList<>();
    long before = ResidentMemory.steadyBytes();
    for (int i = 0; i < BUFFERS; i++) {
      PerCpuRingBuffer buffer = buffers.apply(CAPACITY);
      for (int n = 0; n < RECORDS; n++) {
        assertThat(buffer.write(n, record)).isTrue();
      }
      all.add(buffer);
    }
    long records = (long) BUFFERS * RECORDS * LENGTH;
    assertThat(ResidentMemory.bytes() - before)
        .as("%d buffers of %d bytes for each CPU", all.size(), CAPACITY)
        .isBetween(records * 2 / 3, records + SLACK);
  }
}
