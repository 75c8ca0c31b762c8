package io.github.rseq4j.percpu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a ring buffer of many writers and one reader promises, held against Agrona's {@link
 * ManyToOneRingBuffer} and against ours.
 */
class RingContractTest {
  private static final int CAPACITY = 1 << 14;

  /** A ring buffer; types are above 0. */
  interface Ring {
    boolean write(int type, byte[] source);

    /** Reads records, each as its type and its bytes as text. */
    int read(List<String> records, int limit);

    @Nullable Claim tryClaim(int type, int length);

    int maxLength();
  }

  interface Claim {
    void fill(byte[] bytes);

    void commit();

    void abort();
  }

  private record Ours(PerCpuRingBuffer ring) implements Ring {
    @Override
    public boolean write(int type, byte[] source) {
      return ring.write(type, source);
    }

    @Override
    public int read(List<String> records, int limit) {
      return ring.read(
          (type, buffer, offset, length) -> {
            byte[] bytes = buffer.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
            records.add(type + ":" + new String(bytes, UTF_8));
          },
          limit);
    }

    @Override
    public @Nullable Claim tryClaim(int type, int length) {
      RecordClaim claim = ring.tryClaim(type, length);
      return claim == null ? null : new OurClaim(claim);
    }

    @Override
    public int maxLength() {
      return ring.maxLength();
    }
  }

  private record OurClaim(RecordClaim claim) implements Claim {
    @Override
    public void fill(byte[] bytes) {
      claim.segment().copyFrom(MemorySegment.ofArray(bytes));
    }

    @Override
    public void commit() {
      claim.commit();
    }

    @Override
    public void abort() {
      claim.abort();
    }
  }

  private record Agronas(ManyToOneRingBuffer ring) implements Ring {
    @Override
    public boolean write(int type, byte[] source) {
      return ring.write(type, new UnsafeBuffer(source), 0, source.length);
    }

    @Override
    public int read(List<String> records, int limit) {
      return ring.read(
          (type, buffer, offset, length) -> {
            byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            records.add(type + ":" + new String(bytes, UTF_8));
          },
          limit);
    }

    @Override
    public @Nullable Claim tryClaim(int type, int length) {
      int index = ring.tryClaim(type, length);
      return index < 0 ? null : new AgronaClaim(ring, index);
    }

    @Override
    public int maxLength() {
      return ring.maxMsgLength();
    }
  }

  private record AgronaClaim(ManyToOneRingBuffer ring, int index) implements Claim {
    @Override
    public void fill(byte[] bytes) {
      ring.buffer().putBytes(index, bytes);
    }

    @Override
    public void commit() {
      ring.commit(index);
    }

    @Override
    public void abort() {
      ring.abort(index);
    }
  }

  static Stream<Named<Supplier<Ring>>> rings() {
    return Stream.of(
        Named.of(
            "ManyToOneRingBuffer",
            () ->
                new Agronas(
                    new ManyToOneRingBuffer(
                        new UnsafeBuffer(
                            ByteBuffer.allocateDirect(
                                CAPACITY + RingBufferDescriptor.TRAILER_LENGTH))))),
        Named.of("PerCpuRingBuffer", () -> new Ours(new PerCpuRingBuffer(CAPACITY))));
  }

  private final List<String> records = new ArrayList<>();

  @ParameterizedTest
  @MethodSource("rings")
  void recordsAreReadOnceWithTheirTypes(Supplier<Ring> rings) {
    Ring ring = rings.get();
    for (int type = 1; type <= 20; type++) {
      assertThat(ring.write(type, "r".repeat(type - 1).getBytes(UTF_8))).isTrue();
    }
    assertThat(ring.read(records, 7)).isEqualTo(7);
    assertThat(ring.read(records, 100)).isEqualTo(13);
    assertThat(ring.read(records, 100)).isZero();
    assertThat(records).hasSize(20).doesNotHaveDuplicates().contains("1:", "3:rr");
  }

  @ParameterizedTest
  @MethodSource("rings")
  void aFullRingRefusesAndTakesMoreOnceRead(Supplier<Ring> rings) {
    Ring ring = rings.get();
    int written = 0;
    while (ring.write(1, new byte[100])) {
      written++;
    }
    assertThat(written).isGreaterThanOrEqualTo(CAPACITY / 128);
    assertThat(ring.read(records, Integer.MAX_VALUE)).isEqualTo(written);
    assertThat(ring.write(1, new byte[100])).isTrue();
  }

  @ParameterizedTest
  @MethodSource("rings")
  void theLongestRecordFitsAndALongerOneIsRefused(Supplier<Ring> rings) {
    Ring ring = rings.get();
    byte[] longest = "x".repeat(ring.maxLength()).getBytes(UTF_8);
    for (int i = 1; i < 50; i++) {
      assertThat(ring.write(i, longest)).isTrue();
      // Agrona's stops at the end of its memory once.
      assertThat(ring.read(records, 10) + ring.read(records, 10)).isEqualTo(1);
      assertThat(records.removeLast()).isEqualTo(i + ":" + "x".repeat(ring.maxLength()));
    }
    assertThatThrownBy(() -> ring.write(1, new byte[ring.maxLength() + 1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ring.tryClaim(1, ring.maxLength() + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ring.tryClaim(1, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(ring.read(records, 10)).isZero();
  }

  @ParameterizedTest
  @MethodSource("rings")
  void aClaimIsReadOnceCommitted(Supplier<Ring> rings) {
    Ring ring = rings.get();
    Claim claim = Objects.requireNonNull(ring.tryClaim(3, 5));
    assertThat(ring.read(records, 10)).isZero();
    claim.fill("claim".getBytes(UTF_8));
    claim.commit();
    assertThat(ring.read(records, 10)).isEqualTo(1);
    assertThat(records).containsExactly("3:claim");
    assertThatThrownBy(claim::commit).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @MethodSource("rings")
  void anAbortedClaimLeavesNothing(Supplier<Ring> rings) {
    Ring ring = rings.get();
    Objects.requireNonNull(ring.tryClaim(3, 5)).abort();
    assertThat(ring.write(4, "after".getBytes(UTF_8))).isTrue();
    // Agrona's counts what it skips, so it is read twice.
    while (ring.read(records, 10) > 0) {
      assertThat(records).hasSizeLessThanOrEqualTo(1);
    }
    assertThat(records).containsExactly("4:after");
  }

  @ParameterizedTest
  @MethodSource("rings")
  void nothingOfManyWritersIsLost(Supplier<Ring> rings) throws Exception {
    Ring ring = rings.get();
    int each = 20_000;
    ConcurrentHashMap.KeySetView<String, Boolean> seen = ConcurrentHashMap.newKeySet();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int writer = i;
      Runnable task =
          () -> {
            for (int n = 0; n < each; n++) {
              byte[] record = (writer + "/" + n).getBytes(UTF_8);
              while (!ring.write(writer + 1, record)) {
                Thread.onSpinWait();
                LockSupport.parkNanos(1000);
              }
            }
          };
      threads.add(i % 2 == 0 ? Thread.ofPlatform().start(task) : Thread.ofVirtual().start(task));
    }
    int read = 0;
    while (read < 6 * each) {
      read += ring.read(records, 1000);
      for (String record : records) {
        int writer = Integer.parseInt(record.substring(2, record.indexOf('/')));
        assertThat(record).startsWith(writer + 1 + ":");
        assertThat(seen.add(record)).as(record).isTrue();
      }
      records.clear();
      LockSupport.parkNanos(1000);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(seen).hasSize(6 * each);
    assertThat(ring.read(records, 10)).isZero();
  }
}
