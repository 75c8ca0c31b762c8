package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Twelve threads, half of them virtual, write to a flight recorder while they are moved between
 * CPUs and sent signals; others read it, wait for records, take snapshots and ask for statistics.
 *
 * <p>Invariants: what is read or in a snapshot is whole; the reader reads a record at most once;
 * the records of one thread in one ring come in the order of their writing; and in the end what was
 * read and what was missed add up to what was written.
 */
class OverwriteStressTest {
  private static final int WRITERS = 12;
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("rseq4j.stressSeconds", 3));
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final PerCpuRingBuffer ring = PerCpuRingBuffer.overwriting(1 << 14);

  private static byte[] record(int writer, int number) {
    byte[] record = new byte[2 * Long.BYTES + (number * 31 & 127)];
    Arrays.fill(record, (byte) (writer * 7 + number));
    MemorySegment segment = MemorySegment.ofArray(record);
    segment.set(LONG, 0, number); // the timestamp of a merged read
    segment.set(LONG, Long.BYTES, writer);
    return record;
  }

  private final class Writer implements Crew.Work {
    final int id;
    int written;

    Writer(int id) {
      this.id = id;
    }

    @Override
    public void round(int round) throws InterruptedException {
      assertThat(ring.write(id, record(id, round))).isTrue();
      written++;
      if (round % 1000 == 0) {
        Thread.sleep(1); // or the readers would never have a ring to themselves
      }
    }
  }

  /** Checks records, and the order of those of each thread in each ring. */
  private static class Check {
    /** By ring, which has a segment of its own, and by thread. */
    final IdentityHashMap<MemorySegment, int[]> newest = new IdentityHashMap<>();

    void check(int type, MemorySegment buffer, long offset, int length) {
      int number = (int) buffer.get(LONG, offset);
      byte[] expected = record(type, number);
      MemorySegment found = buffer.asSlice(offset, length);
      assertThat(found.mismatch(MemorySegment.ofArray(expected))).isEqualTo(-1);
      int[] ofRing =
          newest.computeIfAbsent(buffer, _ -> IntStream.range(0, WRITERS).map(_ -> -1).toArray());
      assertThat(number).isGreaterThan(ofRing[type]);
      ofRing[type] = number;
    }
  }

  private final class Reader extends Check implements Crew.Work {
    final List<BitSet> seen = IntStream.range(0, WRITERS).mapToObj(_ -> new BitSet()).toList();
    long read;

    @Override
    public void round(int round) throws InterruptedException {
      int limit = new SplittableRandom(round).nextInt(1, 1000);
      if (round % 3 == 0) {
        ring.readMerged(this::check, limit);
      } else {
        ring.read(this::check, limit, 1, TimeUnit.MILLISECONDS);
      }
    }

    @Override
    void check(int type, MemorySegment buffer, long offset, int length) {
      super.check(type, buffer, offset, length);
      int number = (int) buffer.get(LONG, offset);
      assertThat(seen.get(type).get(number)).as("again").isFalse();
      seen.get(type).set(number);
      read++;
    }
  }

  private final class Snapshots implements Crew.Work {
    long shown;

    @Override
    public void round(int round) throws InterruptedException {
      Check check = new Check();
      shown += ring.snapshot(check::check);
      Thread.sleep(1);
    }
  }

  private final class Statistics implements Crew.Work {
    @Override
    public void round(int round) throws InterruptedException {
      for (RingStatistics each : ring.statistics()) {
        assertThat(each.fill()).isBetween(0L, (long) ring.capacity());
        assertThat(each.missed()).isLessThanOrEqualTo(each.written());
      }
      Thread.sleep(1);
    }
  }

  @Test
  @Timeout(120)
  void whatIsReadIsWholeAndTheRestIsCounted() throws Exception {
    List<Writer> writers = IntStream.range(0, WRITERS).mapToObj(Writer::new).toList();
    Reader reader = new Reader();
    Snapshots snapshots = new Snapshots();
    List<Crew.Work> all = new ArrayList<>(writers);
    all.addAll(List.of(reader, snapshots, new Statistics()));
    try (Disturber _ = new Disturber()) {
      Crew.work(TIME, all);
    }
    while (ring.read(reader::check, 1000) > 0) {
      // what is left
    }
    long written = writers.stream().mapToLong(writer -> writer.written).sum();
    List<RingStatistics> statistics = ring.statistics();
    assertThat(statistics.stream().mapToLong(RingStatistics::written).sum()).isEqualTo(written);
    assertThat(reader.read + statistics.stream().mapToLong(RingStatistics::missed).sum())
        .isEqualTo(written);
    assertThat(reader.read).isPositive();
    assertThat(snapshots.shown).isPositive();
    long left = ring.snapshot((_, _, _, _) -> {});
    assertThat(left + ring.lost()).isEqualTo(written);
    System.out.printf(
        "stress: %d records written, %d read, %d shown%n", written, reader.read, snapshots.shown);
  }
}
