package io.github.rseq4j.cli;

import io.github.rseq4j.percpu.PerCpuCounters;
import io.github.rseq4j.percpu.PerCpuLongAdder;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Counts how often each byte value occurs, and the lines, one addition for each.
 *
 * <p>Each contender has the same loop to itself: if they shared one, the compiler would know too
 * little of each to inline it.
 */
sealed interface ByteCounter {
  /** How many byte values there are. */
  int VALUES = 1 << Byte.SIZE;

  /**
   * Counts.
   *
   * @param block the bytes
   * @param length how many of them
   */
  void count(byte[] block, int length);

  /** Returns what has been counted. */
  ByteTally tally();

  /**
   * What has been counted.
   *
   * @param counts how often each byte value occurs
   * @param lines how many lines there are
   */
  record ByteTally(List<Long> counts, long lines) {
    static ByteTally of(LongStream counts, long lines) {
      return new ByteTally(counts.boxed().toList(), lines);
    }

    /** Returns how many bytes there are. */
    long bytes() {
      return counts.stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Counts on the CPU that it runs on. */
  record PerCpu(PerCpuCounters values, PerCpuLongAdder lines) implements ByteCounter {
    PerCpu() {
      this(new PerCpuCounters(VALUES), new PerCpuLongAdder());
    }

    @Override
    public void count(byte[] block, int length) {
      for (int i = 0; i < length; i++) {
        byte value = block[i];
        values.increment(Byte.toUnsignedInt(value));
        if (value == '\n') {
          lines.increment();
        }
      }
    }

    @Override
    public ByteTally tally() {
      return ByteTally.of(IntStream.range(0, VALUES).mapToLong(values::sum), lines.sum());
    }
  }

  /** Counts in adders that spread out as threads get into each other's way. */
  final class Striped implements ByteCounter {
    private final LongAdder[] values = new LongAdder[VALUES];
    private final LongAdder lines = new LongAdder();

    Striped() {
      Arrays.setAll(values, _ -> new LongAdder());
    }

    @Override
    public void count(byte[] block, int length) {
      for (int i = 0; i < length; i++) {
        byte value = block[i];
        values[Byte.toUnsignedInt(value)].increment();
        if (value == '\n') {
          lines.increment();
        }
      }
    }

    @Override
    public ByteTally tally() {
      return ByteTally.of(Stream.of(values).mapToLong(LongAdder::sum), lines.sum());
    }
  }

  /** Counts with atomic instructions. */
  record Atomic(AtomicLongArray values, AtomicLong lines) implements ByteCounter {
    Atomic() {
      this(new AtomicLongArray(VALUES), new AtomicLong());
    }

    @Override
    public void count(byte[] block, int length) {
      for (int i = 0; i < length; i++) {
        byte value = block[i];
        values.getAndIncrement(Byte.toUnsignedInt(value));
        if (value == '\n') {
          lines.getAndIncrement();
        }
      }
    }

    @Override
    public ByteTally tally() {
      return ByteTally.of(IntStream.range(0, VALUES).mapToLong(values::get), lines.get());
    }
  }

  /** Counts in plain memory: right for one thread only. */
  final class Plain implements ByteCounter {
    private final long[] values = new long[VALUES];
    private long lines;

    @Override
    public void count(byte[] block, int length) {
      for (int i = 0; i < length; i++) {
        byte value = block[i];
        values[Byte.toUnsignedInt(value)]++;
        if (value == '\n') {
          lines++;
        }
      }
    }

    @Override
    public ByteTally tally() {
      return ByteTally.of(LongStream.of(values), lines);
    }
  }
}
