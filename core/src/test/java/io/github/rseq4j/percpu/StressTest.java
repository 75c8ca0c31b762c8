package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.rseq.Region;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Twelve threads, half of them virtual, use all structures while a thread keeps moving them between
 * CPUs and another keeps sending them signals.
 *
 * <p>Invariants: the counters' sums equal what was added; every record that a write accepted is
 * read exactly once and with all its bytes, every other one is counted as lost; and the records of
 * one thread on one CPU are read in the order of their writing.
 */
@SuppressWarnings("ThreadPriorityCheck") // yielding makes for more switches; nothing relies on it
class StressTest {
  private static final int THREADS = 12;
  private static final int COUNTERS = 64;
  private static final long SECONDS = Long.getLong("rseq4j.stressSeconds", 5);

  /** A record's first bytes: the number of its thread and its number in that thread. */
  private static final int PREFIX = 2 * Long.BYTES;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final PerCpuLongAdder adder = new PerCpuLongAdder();
  private final PerCpuCounters counters = new PerCpuCounters(COUNTERS);
  private final PerCpuRingBuffer ring = new PerCpuRingBuffer(1 << 16);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean stop;

  /** What one thread did. */
  private final class Writer implements Runnable {
    final int id;
    final BitSet accepted = new BitSet();
    final long[] added = new long[COUNTERS];
    final SplittableRandom random;
    long increments;
    long lost;

    Writer(int id) {
      this.id = id;
      this.random = new SplittableRandom(id);
    }

    @Override
    public void run() {
      try {
        for (int n = 0; !stop; n++) {
          adder.increment();
          increments++;
          int counter = random.nextInt(COUNTERS);
          long delta = random.nextLong();
          counters.add(counter, delta);
          added[counter] += delta;
          if (write(n)) {
            accepted.set(n);
          } else {
            lost++;
            Thread.yield();
          }
        }
      } catch (Throwable e) {
        failure.set(e);
      }
    }

    private boolean write(int n) {
      byte[] record = record(id, n);
      return switch (n % 8) {
        case 0 -> write(n, record);
        case 1 -> ring.write(id, MemorySegment.ofArray(record).asReadOnly());
        default -> ring.write(id, record);
      };
    }

    private boolean write(int n, byte[] record) {
      try (RecordClaim claim = ring.tryClaim(id, record.length)) {
        if (claim == null) {
          return false;
        }
        if (n % 3 == 0) {
          Thread.yield();
        }
        claim.segment().copyFrom(MemorySegment.ofArray(record));
        claim.commit();
        return true;
      }
    }
  }

  /** Checks what is read. */
  private final class Reader implements Runnable {
    final List<BitSet> seen = new ArrayList<>();
    final long stride;
    final long[][] newest;

    Reader(int slices, long stride) {
      this.stride = stride;
      this.newest = new long[slices][THREADS];
      for (int i = 0; i < THREADS; i++) {
        seen.add(new BitSet());
      }
      for (long[] ofSlice : newest) {
        Arrays.fill(ofSlice, -1);
      }
    }

    @Override
    public void run() {
      try {
        boolean last;
        do {
          last = stop;
          while (ring.read(this::check, 1000) > 0) {
            // There may be more.
          }
          Thread.yield();
        } while (!last);
      } catch (Throwable e) {
        failure.set(e);
      }
    }

    private void check(int type, MemorySegment buffer, long offset, int length) {
      int id = (int) buffer.get(LONG, offset);
      int n = (int) buffer.get(LONG, offset + Long.BYTES);
      byte[] expected = record(id, n);
      byte[] actual = buffer.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
      assertThat(type).isEqualTo(id);
      assertThat(actual).isEqualTo(expected);
      assertThat(seen.get(id).get(n)).as("record %d of thread %d again", n, id).isFalse();
      seen.get(id).set(n);
      int slice = (int) (offset / stride);
      assertThat((long) n).as("thread %d, slice %d", id, slice).isGreaterThan(newest[slice][id]);
      newest[slice][id] = n;
    }
  }

  private static byte[] record(int id, int n) {
    byte[] record = new byte[PREFIX + (int) ((n * 0x9E3779B97F4A7C15L) >>> 57)];
    new SplittableRandom(n).nextBytes(record);
    MemorySegment segment = MemorySegment.ofArray(record);
    segment.set(LONG, 0, id);
    segment.set(LONG, Long.BYTES, n);
    return record;
  }

  @Test
  @Timeout(120)
  void staysExactUnderMigrationAndSignals() throws Exception {
    Region alike = Region.allocate(RingLayout.sliceBytes(ring.capacity(), ring.maxLength()));
    Reader reader = new Reader(alike.slices(), alike.stride());
    List<Writer> writers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    long restarts = Rseq.restarts();
    try (Disturber _ = new Disturber()) {
      Thread readerThread = Thread.ofPlatform().name("reader").start(reader);
      for (int id = 0; id < THREADS; id++) {
        Writer writer = new Writer(id);
        writers.add(writer);
        threads.add(
            id % 2 == 0 ? Thread.ofPlatform().start(writer) : Thread.ofVirtual().start(writer));
      }
      Thread.sleep(SECONDS * 1000);
      stop = true;
      for (Thread thread : threads) {
        thread.join();
      }
      readerThread.join();
    }
    while (ring.read(reader::check, 1000) > 0) {
      // What the writers wrote after the reader had looked for the last time.
    }
    assertThat(failure.get()).isNull();
    assertExact(writers, reader);
    if (Rseq.availability().active()) {
      assertThat(Rseq.restarts() - restarts).as("restarts").isPositive();
    }
  }

  private void assertExact(List<Writer> writers, Reader reader) {
    long lost = 0;
    long increments = 0;
    long[] added = new long[COUNTERS];
    for (Writer writer : writers) {
      assertThat(reader.seen.get(writer.id)).isEqualTo(writer.accepted);
      lost += writer.lost;
      increments += writer.increments;
      for (int i = 0; i < COUNTERS; i++) {
        added[i] += writer.added[i];
      }
    }
    long[] sums = new long[COUNTERS];
    counters.sums(sums);
    assertThat(sums).isEqualTo(added);
    assertThat(adder.sum()).isEqualTo(increments).isPositive();
    assertThat(ring.lost()).isEqualTo(lost);
    System.out.printf(
        "stress: %d increments, %d records lost, %d restarts%n", increments, lost, Rseq.restarts());
  }
}
