package io.github.rseq4j.percpu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PerCpuRingBufferTest {
  private static final int CAPACITY = 1 << 16;

  private final PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
  private final List<String> records = new ArrayList<>();

  private int read(int limit) {
    return ring.read(
        (type, buffer, offset, length) ->
            records.add(type + ":" + new String(bytes(buffer, offset, length), UTF_8)),
        limit);
  }

  private static byte[] bytes(MemorySegment buffer, long offset, int length) {
    return buffer.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void writesFromEverySource() {
    assertThat(ring.write(1, "array".getBytes(UTF_8))).isTrue();
    assertThat(ring.write(-2, "xxpartxx".getBytes(UTF_8), 2, 4)).isTrue();
    ByteBuffer buffer = ByteBuffer.wrap("xbuffer".getBytes(UTF_8)).position(1);
    assertThat(ring.write(Integer.MAX_VALUE, buffer)).isTrue();
    assertThat(buffer.position()).isEqualTo(1);
    assertThat(ring.write(4, buffer.asReadOnlyBuffer())).isTrue();
    ByteBuffer direct = ByteBuffer.allocateDirect(8).put("direct".getBytes(UTF_8)).flip();
    assertThat(ring.write(5, direct)).isTrue();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocateFrom("native");
      assertThat(ring.write(6, segment.asSlice(0, 6))).isTrue();
      assertThat(ring.write(7, segment.asSlice(1, 5).asReadOnly())).isTrue();
    }
    assertThat(ring.write(8, new byte[0])).isTrue();
    assertThat(ring.write(9, MemorySegment.ofArray(new int[] {0x64636261}))).isTrue();
    assertThat(read(100)).isEqualTo(9);
    assertThat(records)
        .containsExactlyInAnyOrder(
            "1:array",
            "-2:part",
            "2147483647:buffer",
            "4:buffer",
            "5:direct",
            "6:native",
            "7:ative",
            "8:",
            "9:abcd");
    assertThat(ring.lost()).isZero();
  }

  @Test
  void readsUpToTheLimit() {
    for (int i = 0; i < 10; i++) {
      ring.write(i, new byte[3]);
    }
    assertThat(read(4)).isEqualTo(4);
    assertThat(read(100)).isEqualTo(6);
    assertThat(read(100)).isZero();
    assertThat(records).hasSize(10).doesNotHaveDuplicates();
  }

  @Test
  void everyLengthSurvivesManyTimesRoundTheRing() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 2000; round++) {
      byte[] data = new byte[random.nextInt(round % 10 == 0 ? ring.maxLength() + 1 : 200)];
      random.nextBytes(data);
      int type = random.nextInt();
      assertThat(ring.write(type, data)).isTrue();
      int read =
          ring.read(
              (readType, buffer, offset, length) -> {
                assertThat(readType).isEqualTo(type);
                assertThat(bytes(buffer, offset, length)).isEqualTo(data);
              },
              2);
      assertThat(read).isEqualTo(1);
    }
    assertThat(ring.lost()).isZero();
  }

  @Test
  void fullMeansDiscardedAndCounted() {
    int written = 0;
    long lost = 0;
    byte[] data = new byte[1000];
    for (int i = 0; i < 10_000; i++) {
      if (ring.write(i, data)) {
        written++;
      } else {
        lost++;
      }
    }
    assertThat(lost).isPositive();
    assertThat(ring.lost()).isEqualTo(lost);
    assertThat(read(100_000)).isEqualTo(written);
    assertThat(ring.write(0, data)).isTrue();
    assertThat(ring.tryClaim(0, ring.maxLength())).isNotNull();
  }

  @Test
  void anEmptyRingTakesItsWholeCapacity() {
    int records = 0;
    PerCpuRingBuffer small = new PerCpuRingBuffer(PerCpuRingBuffer.MIN_CAPACITY);
    while (small.write(0, new byte[Long.BYTES])) {
      records++;
    }
    // The thread may have been on several CPUs meanwhile, each with a ring of its own.
    assertThat(records).isGreaterThanOrEqualTo(PerCpuRingBuffer.MIN_CAPACITY / 16);
    assertThat(small.lost()).isEqualTo(1);
  }

  @Test
  void claimsAreReadOnceCommitted() {
    RecordClaim claim = Objects.requireNonNull(ring.tryClaim(7, 5000));
    assertThat(read(10)).isZero();
    claim.segment().fill((byte) 'z');
    claim.commit();
    assertThat(read(10)).isEqualTo(1);
    assertThat(records).containsExactly("7:" + "z".repeat(5000));
    assertThatThrownBy(claim::commit).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(claim::abort).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(claim::segment).isInstanceOf(IllegalStateException.class);
    claim.close();
  }

  @Test
  void anAbortedClaimLeavesNoRecord() {
    try (RecordClaim claim = ring.tryClaim(7, 100)) {
      assertThat(claim).isNotNull();
    }
    ring.write(8, "after".getBytes(UTF_8));
    assertThat(read(10)).isEqualTo(1);
    assertThat(records).containsExactly("8:after");
  }

  @Test
  void longRecordsAreWrittenByClaims() {
    byte[] data = new byte[RingSequences.COPY_LIMIT + 1];
    new SplittableRandom(2).nextBytes(data);
    assertThat(ring.write(1, data)).isTrue();
    int read =
        ring.read(
            (type, buffer, offset, length) ->
                assertThat(bytes(buffer, offset, length)).isEqualTo(data),
            10);
    assertThat(read).isEqualTo(1);
  }

  @Test
  void aReaderThatThrowsLosesNothing() {
    for (int i = 0; i < 5; i++) {
      ring.write(i, new byte[] {(byte) ('a' + i)});
    }
    List<Integer> seen = new ArrayList<>();
    assertThatThrownBy(
            () ->
                ring.read(
                    (type, buffer, offset, length) -> {
                      if (seen.size() == 2) {
                        throw new IllegalStateException("handler");
                      }
                      seen.add(type);
                    },
                    10))
        .hasMessage("handler");
    assertThat(read(10)).isEqualTo(3);
    assertThat(seen.size() + records.size()).isEqualTo(5);
  }

  @Test
  void aRecordThatAlwaysFailsKeepsNoOtherCpuOut() {
    BitSet allowed = CpuSet.allowed().ids();
    assumeTrue(Rseq.availability().active(), "slices are chosen by thread, not by CPU");
    assumeTrue(allowed.cardinality() >= 2, "one CPU only");
    int[] cpus = allowed.stream().toArray();
    CompletableFuture.runAsync(
            () -> {
              for (int type = 0; type < 2; type++) {
                Threads.setAffinity(0, CpuSet.of(cpus[type]));
                ring.write(type, new byte[8]);
              }
            },
            Thread.ofPlatform()::start)
        .join();
    Set<Integer> delivered = new HashSet<>();
    for (int i = 0; i < CpuSet.possible().bound() + 1; i++) {
      assertThatThrownBy(
              () ->
                  ring.read(
                      (type, _, _, _) -> {
                        delivered.add(type);
                        throw new IllegalStateException("bad");
                      },
                      10))
          .hasMessage("bad");
    }
    assertThat(delivered).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void onlyOneReadAtATime() {
    ring.write(1, new byte[1]);
    ring.read(
        (type, buffer, offset, length) ->
            assertThatThrownBy(() -> read(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one thread reads at a time"),
        1);
  }

  @Test
  void handlersCannotWrite() {
    ring.write(1, new byte[1]);
    ring.read(
        (type, buffer, offset, length) ->
            assertThatThrownBy(() -> buffer.set(ValueLayout.JAVA_BYTE, offset, (byte) 1))
                .isInstanceOf(IllegalArgumentException.class),
        1);
  }

  @Test
  void aClosedBufferTakesNothingAndCanBeReadToItsEnd() {
    ring.write(1, "before".getBytes(UTF_8));
    RecordClaim claim = Objects.requireNonNull(ring.tryClaim(2, 1));
    ring.close();
    ring.close();
    assertThatThrownBy(() -> ring.write(3, new byte[1]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> ring.write(3, new byte[5000]))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> ring.tryClaim(3, 1)).isInstanceOf(IllegalStateException.class);
    claim.segment().fill((byte) 'c');
    claim.commit();
    assertThat(read(10)).isEqualTo(2);
    assertThat(records).containsExactlyInAnyOrder("1:before", "2:c");
    assertThat(ring.lost()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 4095, 4097, 12288, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void refusesUnusableCapacities(int capacity) {
    assertThatThrownBy(() -> new PerCpuRingBuffer(capacity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            Integer.toString(capacity), Integer.toString(PerCpuRingBuffer.MIN_CAPACITY));
  }

  @Test
  void refusesRecordsThatAreTooLongAndWritesNothing() {
    int tooLong = ring.maxLength() + 1;
    assertThatThrownBy(() -> ring.write(1, new byte[tooLong]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(Integer.toString(tooLong), Integer.toString(ring.maxLength()));
    assertThatThrownBy(() -> ring.tryClaim(1, tooLong))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ring.tryClaim(1, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> ring.write(1, new byte[4], 2, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> ring.write(1, new byte[4], -1, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(read(10)).isZero();
    assertThat(ring.lost()).isZero();
  }

  @Test
  void writesFromMappedFiles(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "mapped");
    try (FileChannel channel = FileChannel.open(file);
        Arena arena = Arena.ofShared()) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, 6, arena);
      assertThat(ring.write(1, mapped)).isTrue();
      Files.writeString(file, "");
      assertThatThrownBy(() -> ring.write(2, mapped)).isInstanceOf(InternalError.class);
    }
    ring.write(3, "after".getBytes(UTF_8));
    assertThat(read(10)).isEqualTo(2);
    assertThat(records).containsExactlyInAnyOrder("1:mapped", "3:after");
  }

  @Test
  void aClaimWrittenAfterItsCommitIsNoticed() {
    // The thread may go to another CPU in between, whose ring the late bytes are not in.
    assertThatThrownBy(
            () -> {
              for (int attempt = 0; attempt < 100; attempt++) {
                writeAfterCommit();
                read(Integer.MAX_VALUE);
              }
            })
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("after its commit");
  }

  private void writeAfterCommit() {
    RecordClaim claim = Objects.requireNonNull(ring.tryClaim(1, 64));
    MemorySegment late = claim.segment();
    claim.abort();
    assertThat(read(10)).isZero();
    for (int i = 0; i < 10_000 && ring.write(1, new byte[0]); i++) {
      late.fill((byte) 0x3f);
    }
  }

  @Test
  void refusesSourcesThatAreNoMore() {
    MemorySegment segment;
    try (Arena arena = Arena.ofConfined()) {
      segment = arena.allocate(8);
    }
    assertThatThrownBy(() -> ring.write(1, segment)).isInstanceOf(IllegalStateException.class);
    assertThat(read(10)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void refusesALimitBelowOne(int limit) {
    assertThatThrownBy(() -> read(limit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Integer.toString(limit));
  }
}
