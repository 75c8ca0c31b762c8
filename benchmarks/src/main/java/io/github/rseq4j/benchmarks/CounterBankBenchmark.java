package io.github.rseq4j.benchmarks;

import io.github.rseq4j.percpu.PerCpuCounters;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * 256 counters, to another of which each thread adds each time: the time that an addition takes its
 * thread, with finding the next number.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class CounterBankBenchmark {
  private static final int SIZE = 256;

  /** Which counter is next. */
  @State(Scope.Thread)
  public static class Ids {
    private int id = ThreadLocalRandom.current().nextInt(SIZE);

    int next() {
      // A linear congruential generator of full period: each number once in SIZE times.
      id = (5 * id + 3) % SIZE;
      return id;
    }
  }

  /** The bank of this library. */
  @State(Scope.Benchmark)
  public static class PerCpu {
    private final PerCpuCounters counters = new PerCpuCounters(SIZE);

    /** Makes it, if rseq is active. */
    public PerCpu() {
      Environment.check();
    }
  }

  /** The JDK's counters for many threads. */
  @State(Scope.Benchmark)
  public static class Striped {
    private final LongAdder[] counters =
        Stream.generate(LongAdder::new).limit(SIZE).toArray(LongAdder[]::new);
  }

  /** The JDK's counters for little memory. */
  @State(Scope.Benchmark)
  public static class Atomic {
    private final AtomicLongArray counters = new AtomicLongArray(SIZE);
  }

  /** {@link PerCpuCounters#add}. */
  @Benchmark
  public void perCpuAdd(PerCpu state, Ids ids) {
    state.counters.add(ids.next(), 1);
  }

  /** {@link LongAdder#add} on one of an array. */
  @Benchmark
  public void longAdderAdd(Striped state, Ids ids) {
    state.counters[ids.next()].add(1);
  }

  /** {@link AtomicLongArray#addAndGet} whose result nobody wants, as with a counter. */
  @Benchmark
  public void atomicLongArrayAdd(Atomic state, Ids ids) {
    state.counters.addAndGet(ids.next(), 1);
  }
}
