package io.github.rseq4j.benchmarks;

import io.github.rseq4j.percpu.PerCpuCounters;
import io.github.rseq4j.percpu.PerCpuLongAdder;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Many counters with numbers. */
public interface Bank {
  /** How many counters there are. */
  int SIZE = 10_000;

  /** Adds to one. */
  void add(int id, long delta);

  /** Returns the sums of all. */
  void sums(long[] sums);

  /** The banks that are measured. */
  enum Kind implements Contender {
    /** {@link PerCpuCounters}. */
    PER_CPU("PerCpuCounters", true),
    /** One {@link PerCpuLongAdder} a number. */
    PER_CPU_ADDERS("PerCpuLongAdder[]", true),
    /** One of the JDK's counters for many threads a number. */
    LONG_ADDERS("LongAdder[]", false),
    /** The JDK's counters for little memory. */
    ATOMIC_LONGS("AtomicLongArray", false);

    private final String label;
    private final boolean ours;

    Kind(String label, boolean ours) {
      this.label = label;
      this.ours = ours;
    }

    @Override
    public String label() {
      return label;
    }

    @Override
    public boolean ours() {
      return ours;
    }

    /** Makes one. */
    Bank open() {
      return switch (this) {
        case PER_CPU -> new PerCpu();
        case PER_CPU_ADDERS -> new PerCpuAdders();
        case LONG_ADDERS -> new Striped();
        case ATOMIC_LONGS -> new Atomic();
      };
    }
  }

  /** The bank of this library. */
  final class PerCpu implements Bank {
    private final PerCpuCounters counters = new PerCpuCounters(SIZE);

    @Override
    public void add(int id, long delta) {
      counters.add(id, delta);
    }

    @Override
    public void sums(long[] sums) {
      counters.sums(sums);
    }
  }

  /** Counters of this library. */
  final class PerCpuAdders implements Bank {
    private final PerCpuLongAdder[] counters =
        Stream.generate(PerCpuLongAdder::new).limit(SIZE).toArray(PerCpuLongAdder[]::new);

    @Override
    public void add(int id, long delta) {
      counters[id].add(delta);
    }

    @Override
    public void sums(long[] sums) {
      for (int id = 0; id < SIZE; id++) {
        sums[id] = counters[id].sum();
      }
    }
  }

  /** Counters of the JDK, which have no subclass while they are measured. */
  final class Striped implements Bank {
    private final LongAdder[] counters =
        Stream.generate(LongAdder::new).limit(SIZE).toArray(LongAdder[]::new);

    @Override
    public void add(int id, long delta) {
      counters[id].add(delta);
    }

    @Override
    public void sums(long[] sums) {
      for (int id = 0; id < SIZE; id++) {
        sums[id] = counters[id].sum();
      }
    }
  }

  /** Words next to each other. */
  final class Atomic implements Bank {
    private final AtomicLongArray counters = new AtomicLongArray(SIZE);

    @Override
    public void add(int id, long delta) {
      counters.addAndGet(id, delta);
    }

    @Override
    public void sums(long[] sums) {
      for (int id = 0; id < SIZE; id++) {
        sums[id] = counters.get(id);
      }
    }
  }
}
