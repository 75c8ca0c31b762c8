package io.github.rseq4j.percpu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link PerCpuRingBuffer#overwriting}. */
@Timeout(60)
class OverwriteTest {
  private static final int CAPACITY = 1 << 12;

  private final PerCpuRingBuffer ring = PerCpuRingBuffer.overwriting(CAPACITY);

  /** The numbers that records have as their types, as they came. */
  private final List<Integer> seen = new ArrayList<>();

  /** Writes a record whose bytes follow from its number. */
  private void write(int number, int length) {
    assertThat(ring.write(number, bytes(number, length))).isTrue();
  }

  private static byte[] bytes(int number, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(number).nextBytes(bytes);
    return bytes;
  }

  private void see(int type, MemorySegment buffer, long offset, int length) {
    assertThat(offset % 8).isZero();
    assertThat(buffer.isReadOnly()).isTrue();
    assertThat(buffer.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE))
        .isEqualTo(bytes(type, length));
    seen.add(type);
  }

  private int read(int limit) {
    return ring.read(this::see, limit);
  }

  private long snapshot() {
    return ring.snapshot(this::see);
  }

  private long sum(ToLongFunction<RingStatistics> number) {
    return ring.statistics().stream().mapToLong(number).sum();
  }

  @Test
  void theNewestRecordsSurvive() {
    int records = 1000;
    for (int i = 0; i < records; i++) {
      write(i, 100);
    }
    assertThat(sum(RingStatistics::written)).isEqualTo(records);
    assertThat(ring.lost()).isPositive().isEqualTo(sum(RingStatistics::lost));
    assertThat(snapshot()).isEqualTo(records - ring.lost()).isEqualTo(seen.size());
    assertThat(seen).doesNotHaveDuplicates().contains(records - 1);
    for (RingStatistics each : ring.statistics()) {
      assertThat(each.fill()).isEqualTo((each.written() - each.lost()) * 120);
      assertThat(each.bytes()).isEqualTo(each.written() * 120);
      assertThat(each.fill()).isLessThanOrEqualTo(CAPACITY - 16);
      assertThat(each.lost() == 0 || each.fill() > CAPACITY - 16 - 120).isTrue();
    }
  }

  @Test
  void asManyAsFitAreKept() {
    int fit = (CAPACITY - 16) / 24;
    for (int i = 0; i < fit; i++) {
      write(i, 8);
    }
    assertThat(ring.lost()).isZero();
    assertThat(snapshot()).isEqualTo(fit);
  }

  @Test
  void aSnapshotLeavesEverythingThere() {
    for (int i = 0; i < 5; i++) {
      write(i, i);
    }
    assertThat(snapshot()).isEqualTo(5);
    assertThat(snapshot()).isEqualTo(5);
    assertThat(read(100)).isEqualTo(5);
    assertThat(read(100)).isZero();
    assertThat(snapshot()).isEqualTo(5);
    assertThat(seen).hasSize(20);
    assertThat(seen.stream().distinct()).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
  }

  @Test
  void aReaderThatFallsBehindMissesWhatWasOverwritten() {
    for (int i = 0; i < 10; i++) {
      write(i, 10);
    }
    assertThat(read(3)).isEqualTo(3);
    for (int i = 10; i < 1000; i++) {
      write(i, 10);
    }
    int read = 3 + read(Integer.MAX_VALUE);
    assertThat(read(1)).isZero();
    assertThat(seen).hasSize(read).doesNotHaveDuplicates().contains(999);
    assertThat(read + sum(RingStatistics::missed)).isEqualTo(1000);
    // What it had copied before is read although it was overwritten meanwhile.
    assertThat(seen).contains(3, 4, 5, 6, 7, 8, 9);
    assertThat(sum(RingStatistics::missed)).isPositive().isLessThan(ring.lost());
    assertThat(ring.toString())
        .contains("written=1000", "lost=" + ring.lost(), "missed=" + (1000 - read));
  }

  @Test
  void everyLengthSurvivesManyTimesRoundTheRing() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 5000; i++) {
      write(i, random.nextInt(i % 5 == 0 ? ring.maxLength() + 1 : 60));
      if (i % 7 == 0) {
        assertThat(read(random.nextInt(1, 20))).isPositive();
      }
      if (i % 50 == 0) {
        assertThat(snapshot()).isPositive();
        seen.removeLast();
      }
    }
    read(Integer.MAX_VALUE);
    assertThat(sum(RingStatistics::written)).isEqualTo(5000);
    assertThat(seen.getLast()).isPositive();
  }

  @Test
  void aReaderThatThrowsLosesNothing() {
    for (int i = 0; i < 4; i++) {
      write(i, 8);
    }
    assertThatThrownBy(
            () ->
                ring.read(
                    (type, buffer, offset, length) -> {
                      if (seen.size() == 2) {
                        throw new IllegalStateException("handler");
                      }
                      see(type, buffer, offset, length);
                    },
                    10))
        .hasMessage("handler");
    assertThat(read(10)).isEqualTo(2);
    assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(sum(RingStatistics::missed)).isZero();
  }

  @Test
  void aClosedRecorderKeepsWhatItHas() {
    for (int i = 0; i < 500; i++) {
      write(i, 50);
    }
    long kept = snapshot();
    ring.close();
    assertThatThrownBy(() -> ring.write(0, new byte[ring.maxLength()]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    List<Integer> before = List.copyOf(seen);
    seen.clear();
    assertThat(snapshot()).isEqualTo(kept);
    assertThat(seen).isEqualTo(before);
    assertThat(read(Integer.MAX_VALUE)).isEqualTo((int) kept);
    assertThat(sum(RingStatistics::written)).isEqualTo(500);
  }

  @Test
  void aReaderMayWait() throws Exception {
    assertThat(ring.read(this::see, 10, 1, MILLISECONDS)).isZero();
    CompletableFuture<Integer> read = new CompletableFuture<>();
    Thread reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    read.complete(ring.read(this::see, 10, 1000, SECONDS));
                  } catch (Throwable e) {
                    read.completeExceptionally(e);
                  }
                });
    while (reader.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
    }
    write(5, 5);
    assertThat(read.get()).isEqualTo(1);
    assertThat(seen).containsExactly(5);
    ring.close();
    assertThat(ring.read(this::see, 10, 1000, SECONDS)).isEqualTo(-1);
  }

  @Test
  void writesFromEverySource(@TempDir Path folder) throws Exception {
    assertThat(ring.write(0, "xarrayx".getBytes(UTF_8), 1, 5)).isTrue();
    assertThat(ring.write(1, ByteBuffer.wrap("buffer".getBytes(UTF_8)))).isTrue();
    Path file = Files.writeString(folder.resolve("file"), "mapped");
    try (FileChannel channel = FileChannel.open(file);
        Arena arena = Arena.ofShared()) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, 6, arena);
      assertThat(ring.write(2, mapped)).isTrue();
      Files.writeString(file, "");
      assertThatThrownBy(() -> ring.write(3, mapped)).isInstanceOf(InternalError.class);
    }
    MemorySegment gone;
    try (Arena arena = Arena.ofConfined()) {
      gone = arena.allocateFrom("native");
      assertThat(ring.write(4, gone.asSlice(0, 6))).isTrue();
    }
    assertThatThrownBy(() -> ring.write(5, gone)).isInstanceOf(IllegalStateException.class);
    List<String> records = new ArrayList<>();
    ring.snapshot(
        (type, buffer, offset, length) -> {
          byte[] bytes = buffer.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
          records.add(type + ":" + new String(bytes, UTF_8));
        });
    assertThat(records).containsExactlyInAnyOrder("0:array", "1:buffer", "2:mapped", "4:native");
  }

  @Test
  void refusesWhatItCannotDo() {
    int tooLong = ring.maxLength() + 1;
    assertThatThrownBy(() -> ring.write(1, new byte[tooLong]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(Integer.toString(tooLong), Integer.toString(ring.maxLength()));
    assertThatThrownBy(() -> ring.tryClaim(1, 1))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("overwrites");
    assertThatThrownBy(() -> ring.tryClaim(1, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> read(0)).isInstanceOf(IllegalArgumentException.class);
    assertThat(snapshot()).isZero();
    try (PerCpuRingBuffer discarding = new PerCpuRingBuffer(CAPACITY)) {
      assertThatThrownBy(() -> discarding.snapshot((_, _, _, _) -> {}))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("discards");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 4095, 4097, 12288, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void refusesUnusableCapacities(int capacity) {
    assertThatThrownBy(() -> PerCpuRingBuffer.overwriting(capacity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            Integer.toString(capacity), Integer.toString(PerCpuRingBuffer.MIN_CAPACITY));
  }

  @Test
  void theLongestRecordIsWhatASequenceCopies() {
    assertThat(ring.maxLength()).isEqualTo(CAPACITY / 4);
    PerCpuRingBuffer large = PerCpuRingBuffer.overwriting(1 << 20);
    assertThat(large.maxLength()).isEqualTo(RingSequences.COPY_LIMIT);
    byte[] longest = bytes(1, large.maxLength());
    IntStream.range(0, 1000).forEach(i -> assertThat(large.write(1, longest)).isTrue());
    assertThat(large.snapshot(this::see)).isEqualTo(1000 - large.lost());
  }
}
