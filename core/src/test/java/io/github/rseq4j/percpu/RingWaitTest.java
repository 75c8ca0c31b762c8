package io.github.rseq4j.percpu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.rseq.HeldSequence;
import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.sequence.IndexKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link PerCpuRingBuffer#read(RecordHandler, int, long, TimeUnit)}: waiting for records. */
@Timeout(60)
class RingWaitTest {
  private static final int CAPACITY = 1 << 16;

  /** A reader that misses its call would wait longer than a test may take. */
  private static final long LONG_SECONDS = 1000;

  private final PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
  private final List<String> records = new CopyOnWriteArrayList<>();

  private int read(long timeout, TimeUnit unit) throws InterruptedException {
    return ring.read(
        (type, buffer, offset, length) -> {
          byte[] bytes = buffer.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
          records.add(type + ":" + new String(bytes, UTF_8));
        },
        100,
        timeout,
        unit);
  }

  /** Starts a reader that waits, and returns what it will answer. */
  private CompletableFuture<Integer> startReading(ThreadFactory threads) throws Exception {
    CompletableFuture<Integer> answer = new CompletableFuture<>();
    Thread reader =
        threads.newThread(
            () -> {
              try {
                answer.complete(read(LONG_SECONDS, SECONDS));
              } catch (Throwable e) {
                answer.completeExceptionally(e);
              }
            });
    reader.start();
    awaitParked(reader);
    return answer;
  }

  private static void awaitParked(Thread thread) throws InterruptedException {
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(thread.isAlive()).as("reader waits").isTrue();
      Thread.sleep(1);
    }
  }

  /** What makes a record readable. */
  interface Write {
    void to(PerCpuRingBuffer ring);
  }

  static Stream<Named<Write>> writes() {
    return Stream.of(
        Named.of("write", ring -> ring.write(1, "x".getBytes(UTF_8))),
        Named.of("long write", ring -> ring.write(1, "x".repeat(5000).getBytes(UTF_8))),
        Named.of("claim", RingWaitTest::commitClaim),
        Named.of(
            "claim of another thread",
            ring -> CompletableFuture.runAsync(() -> commitClaim(ring)).join()));
  }

  private static void commitClaim(PerCpuRingBuffer ring) {
    RecordClaim claim = Objects.requireNonNull(ring.tryClaim(1, 1));
    claim.segment().fill((byte) 'x');
    claim.commit();
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aRecordThatIsThereIsReadAtOnce(Write write) throws Exception {
    write.to(ring);
    assertThat(read(LONG_SECONDS, SECONDS)).isEqualTo(1);
    assertThat(records).hasSize(1).allMatch(record -> record.startsWith("1:x"));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aWriteWakesAPlatformThread(Write write) throws Exception {
    CompletableFuture<Integer> answer = startReading(Thread.ofPlatform().factory());
    write.to(ring);
    assertThat(answer.get()).isEqualTo(1);
    assertThat(records).hasSize(1).allMatch(record -> record.startsWith("1:x"));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aWriteWakesAVirtualThread(Write write) throws Exception {
    CompletableFuture<Integer> answer = startReading(Thread.ofVirtual().factory());
    write.to(ring);
    assertThat(answer.get()).isEqualTo(1);
    assertThat(records).hasSize(1).allMatch(record -> record.startsWith("1:x"));
  }

  @Test
  void theTimeMayRunOut() throws Exception {
    long start = System.nanoTime();
    assertThat(read(20, MILLISECONDS)).isZero();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(MILLISECONDS.toNanos(20));
    assertThat(ring.write(1, new byte[1])).isTrue();
    assertThat(read(20, MILLISECONDS)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void withoutTimeItDoesNotWait(long timeout) throws Exception {
    assertThat(read(timeout, NANOSECONDS)).isZero();
    ring.write(1, new byte[0]);
    assertThat(read(timeout, SECONDS)).isEqualTo(1);
    ring.close();
    assertThat(read(timeout, SECONDS)).isEqualTo(-1);
  }

  @Test
  void anAbortedClaimIsNothingToRead() throws Exception {
    CompletableFuture<Integer> answer = startReading(Thread.ofPlatform().factory());
    Objects.requireNonNull(ring.tryClaim(1, 10)).abort();
    assertThat(answer.copy().completeOnTimeout(null, 50, MILLISECONDS).get()).isNull();
    ring.write(2, "after".getBytes(UTF_8));
    assertThat(answer.get()).isEqualTo(1);
    assertThat(records).containsExactly("2:after");
  }

  @Test
  void abortedClaimsGiveTheirSpaceBackWhileTheReaderWaits() throws Exception {
    CompletableFuture<Integer> answer = startReading(Thread.ofPlatform().factory());
    for (int i = 0; i < 100; i++) { // three of these are in a ring at most
      claimWithinSeconds(ring.maxLength()).abort();
    }
    assertThat(answer).isNotDone();
    assertThat(ring.write(2, "after".getBytes(UTF_8))).isTrue();
    assertThat(answer.get()).isEqualTo(1);
    assertThat(records).containsExactly("2:after");
  }

  private RecordClaim claimWithinSeconds(int length) throws InterruptedException {
    long deadline = System.nanoTime() + SECONDS.toNanos(10);
    RecordClaim claim = ring.tryClaim(1, length);
    while (claim == null) {
      assertThat(System.nanoTime()).as("no room for %d bytes", length).isLessThan(deadline);
      Thread.sleep(1);
      claim = ring.tryClaim(1, length);
    }
    return claim;
  }

  @Test
  void closingWakesTheReaderForGood() throws Exception {
    CompletableFuture<Integer> answer = startReading(Thread.ofPlatform().factory());
    ring.close();
    assertThat(answer.get()).isEqualTo(-1);
    assertThat(read(LONG_SECONDS, SECONDS)).isEqualTo(-1);
  }

  @Test
  void whatIsLeftIsReadBeforeTheEnd() throws Exception {
    ring.write(1, "left".getBytes(UTF_8));
    ring.close();
    assertThat(read(LONG_SECONDS, SECONDS)).isEqualTo(1);
    assertThat(read(LONG_SECONDS, SECONDS)).isEqualTo(-1);
  }

  @Test
  void anOpenClaimHoldsTheEndUp() throws Exception {
    RecordClaim claim = Objects.requireNonNull(ring.tryClaim(1, 1));
    CompletableFuture<Integer> answer = startReading(Thread.ofPlatform().factory());
    ring.close();
    assertThat(answer.copy().completeOnTimeout(null, 50, MILLISECONDS).get()).isNull();
    claim.segment().fill((byte) 'c');
    claim.commit();
    assertThat(answer.get()).isEqualTo(1);
    assertThat(read(LONG_SECONDS, SECONDS)).isEqualTo(-1);
    assertThat(records).containsExactly("1:c");
  }

  @Test
  void interruptionEndsTheWait() throws Exception {
    Thread.currentThread().interrupt();
    ring.write(1, "kept".getBytes(UTF_8));
    assertThatThrownBy(() -> read(1, SECONDS)).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(read(1, SECONDS)).isEqualTo(1);
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    read(LONG_SECONDS, SECONDS);
                    thrown.complete(new AssertionError("not interrupted"));
                  } catch (Throwable e) {
                    thrown.complete(e);
                  }
                });
    awaitParked(reader);
    reader.interrupt();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    ring.write(2, "after".getBytes(UTF_8));
    assertThat(read(1, SECONDS)).isEqualTo(1);
    assertThat(records).containsExactly("1:kept", "2:after");
  }

  @Test
  void nobodyElseReadsMeanwhile() throws Exception {
    CompletableFuture<Integer> answer = startReading(Thread.ofPlatform().factory());
    assertThatThrownBy(() -> read(1, SECONDS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("one thread reads at a time");
    assertThat(ring.statistics()).allMatch(statistics -> statistics.written() == 0);
    ring.write(1, new byte[1]);
    assertThat(answer.get()).isEqualTo(1);
  }

  @Test
  void aHandlerThatThrowsEndsTheRead() throws Exception {
    ring.write(1, "again".getBytes(UTF_8));
    RecordHandler failing =
        (_, _, _, _) -> {
          throw new IllegalStateException("handler");
        };
    assertThatThrownBy(() -> ring.read(failing, 1, 1, SECONDS)).hasMessage("handler");
    assertThat(read(1, SECONDS)).isEqualTo(1);
  }

  @Test
  void refusesBadArguments() {
    RecordHandler nothing = (_, _, _, _) -> {};
    assertThatThrownBy(() -> ring.read(nothing, 0, 1, SECONDS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
    assertThatThrownBy(() -> ring.read(missing(RecordHandler.class), 1, 1, SECONDS))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> ring.read(nothing, 1, 1, missing(TimeUnit.class)))
        .isInstanceOf(NullPointerException.class);
    assertThat(ring.read(nothing, 1)).isZero();
  }

  /** Returns null, as a caller without NullAway may pass it. */
  @SuppressWarnings({"NullAway", "UnusedVariable"})
  private static <T> T missing(Class<T> type) {
    return null;
  }

  @Test
  void writersAreAskedToWakeTheReaderOnlyWhileItWaits() throws Exception {
    Region region = Region.allocate(RingSequences.WRITE.minimumSlice());
    ReaderWait wait = new ReaderWait(region);
    boolean ready =
        wait.await(
            () -> {
              assertThat(states(region)).containsOnly((long) RingLayout.WAITED);
              return false;
            },
            System.nanoTime());
    assertThat(ready).isFalse();
    assertThat(states(region)).containsOnly((long) RingLayout.OPEN);
    wait.close();
    assertThat(wait.await(wait::closed, System.nanoTime())).isTrue();
    assertThat(states(region)).containsOnly((long) RingLayout.CLOSED);
  }

  private static List<Long> states(Region region) {
    return Stream.iterate(0, slice -> slice < region.slices(), slice -> slice + 1)
        .map(slice -> region.getAcquire(slice, RingLayout.STATE.displacement()))
        .toList();
  }

  @Test
  void noCallIsMissed() throws Exception {
    int rounds = 3000;
    BlockingQueue<Integer> asked = new LinkedBlockingQueue<>();
    SynchronousQueue<Integer> answers = new SynchronousQueue<>();
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (int n = asked.take(); n < rounds; n = asked.take()) {
                      Thread.sleep(0, n % 7 * 20_000);
                      ring.write(n, new byte[n % 50]);
                    }
                    answers.put(rounds);
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    for (int i = 0; i < rounds; i++) {
      int n = i;
      asked.add(n);
      int read =
          ring.read(
              (type, _, _, length) -> {
                assertThat(type).isEqualTo(n);
                assertThat(length).isEqualTo(n % 50);
              },
              10,
              LONG_SECONDS,
              SECONDS);
      assertThat(read).isEqualTo(1);
    }
    asked.add(rounds);
    assertThat(answers.take()).isEqualTo(rounds);
    writer.join();
  }

  /**
   * A reader announces itself, fences and looks while a writer is held at a point: it finds the
   * record, or the writer is told of it.
   */
  @Test
  void aWriterHeldAnywhereIsSeenOrSeesTheReader() throws Exception {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    int home = CpuSet.allowed().ids().nextSetBit(0);
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence write = new HeldSequence(RingSequences.WRITE, index);
      write.atEveryPoint(
          point -> {
            Region region = Region.allocate(RingLayout.sliceBytes(CAPACITY, 100));
            long[] found = {-1};
            HeldSequence.Outcome outcome =
                write.callAround(point, home, () -> found[0] = announce(region), arguments(region));
            if (found[0] >= 0) {
              if (found[0] == 0) {
                assertThat(outcome.result()).as("point %d", point).isEqualTo(RingLayout.WAITED);
              }
              return true;
            }
            // The point is on the path of a full ring.
            Region full = Region.allocate(RingLayout.sliceBytes(CAPACITY, 100));
            for (int slice = 0; slice < full.slices(); slice++) {
              full.setRelease(slice, RingLayout.TAIL.displacement(), CAPACITY);
            }
            outcome = write.callAround(point, home, () -> announce(full), arguments(full));
            assertThat(outcome.result()).isEqualTo(RingSequences.FULL);
            return outcome.disturbed();
          });
    }
  }

  /** Does what a reader does before it parks, and returns how many bytes it finds. */
  private static long announce(Region region) {
    for (int slice = 0; slice < region.slices(); slice++) {
      region.compareAndSet(
          slice, RingLayout.STATE.displacement(), RingLayout.OPEN, RingLayout.WAITED);
    }
    region.fence();
    return region.sum(RingLayout.TAIL.displacement());
  }

  private static Object[] arguments(Region region) {
    MemorySegment source = MemorySegment.ofArray(new byte[24]);
    return new Object[] {region, 0L, CAPACITY - 1L, RingLayout.header(7, 24), source};
  }
}
