package io.github.rseq4j.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MappingTest {
  private static final long MANY_BYTES = 1L << 32;

  @BeforeEach
  void assumeAvailable() {
    assumeTrue(Libc.unavailable().isEmpty(), () -> Libc.unavailable().orElseThrow());
    assumeTrue(Arch.current().isPresent(), "no system call numbers for this architecture");
  }

  @Test
  void memoryIsZeroedPageAlignedAndWritable() {
    long bytes = 3 * Libc.pageSize() + 8;
    var memory = Mapping.reserve(bytes);

    assertThat(memory.byteSize()).isEqualTo(bytes);
    assertThat(memory.address() % Libc.pageSize()).isZero();
    assertThat(LongStream.of(memory.toArray(ValueLayout.JAVA_LONG))).containsOnly(0L);
    memory.set(ValueLayout.JAVA_LONG, bytes - 8, 42);
    assertThat(memory.get(ValueLayout.JAVA_LONG, bytes - 8)).isEqualTo(42);
  }

  @Test
  void memoryIsWritableByAnyThread() throws InterruptedException {
    var memory = Mapping.reserve(8);
    Thread.ofVirtual().start(() -> memory.set(ValueLayout.JAVA_LONG, 0, 7)).join();

    assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(7);
  }

  @Test
  void memoryStaysWhileASliceIsReachableAndGoesWithIt() throws InterruptedException {
    long address = addressOfALivingSlice();

    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (ProcMaps.permissions(address).isPresent() && System.nanoTime() < deadline) {
      collect();
    }
    assertThat(ProcMaps.permissions(address)).isEmpty();
  }

  /** An address in the middle, which what is mapped later is unlikely to take. */
  private static long addressOfALivingSlice() throws InterruptedException {
    var slice = Mapping.reserve(MANY_BYTES).asSlice(MANY_BYTES / 2, 8);
    try {
      collect();
      assertThat(ProcMaps.permissions(slice.address())).contains("rw-p");
      return slice.address();
    } finally {
      Reference.reachabilityFence(slice);
    }
  }

  private static void collect() throws InterruptedException {
    System.gc();
    Thread.sleep(50);
  }

  @Test
  void moreThanThereIsNamesSizeAndReason() {
    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(() -> Mapping.reserve(1L << 60))
        .withMessageContaining("1152921504606846976 bytes")
        .withMessageContaining("ENOMEM (12)");
  }

  @Test
  void refusesNoBytes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Mapping.reserve(0))
        .withMessage("0 bytes: at least 1 is needed");
  }
}
