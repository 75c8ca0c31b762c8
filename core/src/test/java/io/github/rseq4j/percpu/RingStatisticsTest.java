package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** {@link PerCpuRingBuffer#statistics} and {@link PerCpuRingBuffer#toString}. */
class RingStatisticsTest {
  private static final int CAPACITY = 1 << 12;

  private final PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);

  private long sum(ToLongFunction<RingStatistics> number) {
    return ring.statistics().stream().mapToLong(number).sum();
  }

  @Test
  void anUnusedBufferHasNone() {
    List<RingStatistics> statistics = ring.statistics();
    for (int i = 0; i < statistics.size(); i++) {
      assertThat(statistics.get(i)).isEqualTo(new RingStatistics(i, 0, 0, 0, 0, 0));
    }
    assertThat(ring)
        .hasToString(
            "PerCpuRingBuffer[rings=%d, capacity=4096, written=0, lost=0, missed=0, fill=0]"
                .formatted(statistics.size()));
  }

  @Test
  void everythingIsCounted() {
    ring.write(1, new byte[8]);
    ring.write(1, new byte[9]);
    assertThat(sum(RingStatistics::written)).isEqualTo(2);
    assertThat(sum(RingStatistics::bytes)).isEqualTo(16 + 24);
    assertThat(sum(RingStatistics::fill)).isEqualTo(16 + 24);
    ring.read((_, _, _, _) -> {}, 1);
    assertThat(sum(RingStatistics::written)).isEqualTo(2);
    assertThat(sum(RingStatistics::bytes)).isEqualTo(16 + 24);
    ring.read((_, _, _, _) -> {}, 1);
    assertThat(sum(RingStatistics::written)).isEqualTo(2);
    assertThat(sum(RingStatistics::fill)).isZero();
  }

  @Test
  void lostRecordsAreCountedWhereTheyWereLost() {
    long written = 0;
    long lost = 0;
    for (int i = 0; i < 1000; i++) {
      if (ring.write(i, new byte[100])) {
        written++;
      } else {
        lost++;
      }
    }
    assertThat(lost).isPositive();
    assertThat(sum(RingStatistics::lost)).isEqualTo(lost).isEqualTo(ring.lost());
    assertThat(sum(RingStatistics::written)).isEqualTo(written);
    assertThat(ring.statistics())
        .allMatch(each -> each.fill() <= CAPACITY && each.fill() == each.written() * 112)
        .allMatch(each -> each.lost() == 0 || each.fill() > CAPACITY - 112);
    assertThat(ring.toString())
        .contains("written=" + written, "lost=" + lost, "fill=" + written * 112);
  }

  @Test
  void claimsAreWrittenOnceCommitted() {
    RecordClaim one = Objects.requireNonNull(ring.tryClaim(1, 8));
    RecordClaim other = Objects.requireNonNull(ring.tryClaim(2, 8));
    ring.write(3, new byte[8]);
    assertThat(sum(RingStatistics::written)).isEqualTo(1);
    assertThat(sum(RingStatistics::fill)).isEqualTo(48);
    one.abort();
    assertThat(sum(RingStatistics::written)).isEqualTo(1);
    other.commit();
    assertThat(sum(RingStatistics::written)).isEqualTo(2);
    ring.read((_, _, _, _) -> {}, 10);
    assertThat(sum(RingStatistics::written)).isEqualTo(2);
    assertThat(sum(RingStatistics::bytes)).isEqualTo(48);
    assertThat(sum(RingStatistics::fill)).isZero();
  }

  @Test
  void nothingIsCountedTwiceWhileOneThreadReads() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    long[] written = new long[1];
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!stop.get()) {
                    written[0] += ring.write(1, new byte[50]) ? 1 : 0;
                  }
                });
    long[] read = new long[1];
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!stop.get()) {
                    read[0] += ring.read((_, _, _, _) -> {}, 7);
                  }
                });
    long before = 0;
    for (long end = System.nanoTime() + 500_000_000; System.nanoTime() < end; ) {
      long now = 0;
      for (RingStatistics each : ring.statistics()) {
        assertThat(each.bytes()).isEqualTo(each.written() * 64);
        assertThat(each.fill()).isBetween(0L, (long) CAPACITY);
        now += each.written();
      }
      assertThat(now).isGreaterThanOrEqualTo(before);
      before = now;
    }
    stop.set(true);
    writer.join();
    reader.join();
    assertThat(sum(RingStatistics::written)).isEqualTo(written[0]);
    assertThat(read[0] + sum(RingStatistics::fill) / 64).isEqualTo(written[0]);
  }
}
