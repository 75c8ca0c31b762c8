package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link PerCpuRingBuffer#readMerged}. */
class MergedReadTest {
  private static final int CAPACITY = 1 << 20;

  private final List<Long> seen = new ArrayList<>();

  static Stream<Named<IntFunction<PerCpuRingBuffer>>> buffers() {
    return Stream.of(
        Named.of("discarding", PerCpuRingBuffer::new),
        Named.of("overwriting", PerCpuRingBuffer::overwriting));
  }

  private void see(int type, MemorySegment buffer, long offset, int length) {
    assertThat(length).isEqualTo(type);
    seen.add(buffer.get(ValueLayout.JAVA_LONG, offset));
  }

  private static byte[] record(long timestamp, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, timestamp);
    return bytes;
  }

  /**
   * Writes records from several threads, one at a time, so that their timestamps rise everywhere.
   */
  private static void write(PerCpuRingBuffer ring, AtomicLong clock, int records)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Runnable task =
          () -> {
            for (int n = 0; n < records; n++) {
              int length = Long.BYTES + n % 20;
              synchronized (clock) {
                assertThat(ring.write(length, record(clock.getAndIncrement(), length))).isTrue();
              }
            }
          };
      threads.add(i % 2 == 0 ? Thread.ofPlatform().start(task) : Thread.ofVirtual().start(task));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @ParameterizedTest
  @MethodSource("buffers")
  void recordsComeInTheOrderOfTimestamps(IntFunction<PerCpuRingBuffer> buffers) throws Exception {
    PerCpuRingBuffer ring = buffers.apply(CAPACITY);
    AtomicLong clock = new AtomicLong(-1000);
    write(ring, clock, 1000);
    assertThat(ring.readMerged(this::see, 1500)).isEqualTo(1500);
    assertThat(ring.readMerged(this::see, Integer.MAX_VALUE)).isEqualTo(2500);
    assertThat(seen).hasSize(4000).isSorted().doesNotHaveDuplicates();
    assertThat(ring.readMerged(this::see, 1)).isZero();
    write(ring, clock, 10);
    assertThat(ring.readMerged(this::see, 100)).isEqualTo(40);
    assertThat(seen).hasSize(4040).isSorted();
    assertThat(ring.statistics()).allMatch(each -> each.missed() == 0);
  }

  @ParameterizedTest
  @MethodSource("buffers")
  void whileOthersWriteEachReadIsInOrder(IntFunction<PerCpuRingBuffer> buffers) throws Exception {
    PerCpuRingBuffer ring = buffers.apply(CAPACITY);
    AtomicLong clock = new AtomicLong();
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    write(ring, clock, 3000);
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    List<Long> all = new ArrayList<>();
    boolean last;
    do {
      last = !writer.isAlive();
      ring.readMerged(this::see, 500);
      assertThat(seen).isSorted();
      all.addAll(seen);
      seen.clear();
    } while (!last || ring.statistics().stream().anyMatch(each -> each.written() > all.size()));
    while (ring.readMerged(this::see, 500) > 0) {
      all.addAll(seen);
      seen.clear();
    }
    assertThat(all).hasSize(12_000).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("buffers")
  void recordsWithoutTimestampComeAtOnce(IntFunction<PerCpuRingBuffer> buffers) {
    PerCpuRingBuffer ring = buffers.apply(CAPACITY);
    ring.write(7, new byte[7]);
    ring.write(8, record(5, 8));
    ring.write(0, new byte[0]);
    List<Integer> types = new ArrayList<>();
    assertThat(ring.readMerged((type, _, _, _) -> types.add(type), 10)).isEqualTo(3);
    assertThat(types).containsExactlyInAnyOrder(7, 8, 0);
  }

  @Test
  void anOpenClaimHoldsBackItsCpuOnly() {
    PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
    ring.write(8, record(1, 8));
    RecordClaim claim = Objects.requireNonNull(ring.tryClaim(8, 8));
    assertThat(ring.readMerged(this::see, 10)).isEqualTo(1);
    claim.segment().set(ValueLayout.JAVA_LONG, 0, 2);
    claim.commit();
    assertThat(ring.readMerged(this::see, 10)).isEqualTo(1);
    assertThat(seen).containsExactly(1L, 2L);
  }

  @ParameterizedTest
  @MethodSource("buffers")
  void aHandlerThatThrowsLosesNothing(IntFunction<PerCpuRingBuffer> buffers) throws Exception {
    PerCpuRingBuffer ring = buffers.apply(CAPACITY);
    write(ring, new AtomicLong(), 5);
    assertThatThrownBy(
            () ->
                ring.readMerged(
                    (type, buffer, offset, length) -> {
                      if (seen.size() == 7) {
                        throw new IllegalStateException("handler");
                      }
                      see(type, buffer, offset, length);
                    },
                    10))
        .hasMessage("handler");
    assertThat(ring.readMerged(this::see, 100)).isEqualTo(13);
    assertThat(seen).isEqualTo(IntStream.range(0, 20).mapToObj(i -> (long) i).toList());
  }

  @Test
  void refusesBadArguments() {
    PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
    assertThatThrownBy(() -> ring.readMerged(this::see, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
    ring.write(1, new byte[1]);
    ring.readMerged(
        (_, _, _, _) ->
            assertThatThrownBy(() -> ring.readMerged(this::see, 1))
                .isInstanceOf(IllegalStateException.class),
        1);
  }

  /** The heap alone, on more rings than this machine may have CPUs. */
  @Test
  void mergesAnyNumberOfRings() {
    SplittableRandom random = new SplittableRandom(1);
    for (int rings = 1; rings < 30; rings++) {
      List<RingCursor> cursors = new ArrayList<>();
      int records = 0;
      for (int i = 0; i < rings; i++) {
        DiscardingRings one = new DiscardingRings(PerCpuRingBuffer.MIN_CAPACITY);
        long timestamp = random.nextInt(10);
        for (int n = random.nextInt(20); n > 0; n--) {
          assertThat(one.write(8, 8, MemorySegment.ofArray(record(timestamp, 8)))).isTrue();
          timestamp += random.nextInt(10);
          records++;
        }
        one.look();
        one.cursors().stream().filter(cursor -> !cursor.exhausted()).forEach(cursors::add);
      }
      seen.clear();
      assertThat(new TimestampMerge(cursors).read(this::see, Integer.MAX_VALUE)).isEqualTo(records);
      assertThat(seen).isSorted().hasSize(records);
    }
  }
}
