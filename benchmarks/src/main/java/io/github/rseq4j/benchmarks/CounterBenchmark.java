package io.github.rseq4j.benchmarks;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.percpu.PerCpuLongAdder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
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
 * One counter to which all threads add: the time that an addition takes its thread.
 *
 * <p>Each counter has a state of its own, so that {@link LongAdder} is measured in a JVM that has
 * not loaded a subclass of it. {@link #currentCpu} is what a call costs that only reads.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class CounterBenchmark {
  /** The counter of this library. */
  @State(Scope.Benchmark)
  public static class PerCpu {
    private final PerCpuLongAdder adder = new PerCpuLongAdder();
    private final long delta = System.nanoTime();

    /** Makes it, if rseq is active. */
    public PerCpu() {
      Environment.check();
    }

    void add() {
      adder.add(delta);
    }
  }

  /** The JDK's counter for many threads. */
  @State(Scope.Benchmark)
  public static class Striped {
    private final LongAdder adder = new LongAdder();
    private final long delta = System.nanoTime();

    void add() {
      adder.add(delta);
    }
  }

  /** The JDK's counter for few threads. */
  @State(Scope.Benchmark)
  public static class Atomic {
    private final AtomicLong counter = new AtomicLong();
    private final long delta = System.nanoTime();

    void add() {
      counter.addAndGet(delta);
    }
  }

  /** {@link PerCpuLongAdder#increment}. */
  @Benchmark
  public void perCpuIncrement(PerCpu state) {
    state.adder.increment();
  }

  /** {@link PerCpuLongAdder#add} of a number that the compiler does not know. */
  @Benchmark
  public void perCpuAdd(PerCpu state) {
    state.add();
  }

  /** {@link LongAdder#increment}. */
  @Benchmark
  public void longAdderIncrement(Striped state) {
    state.adder.increment();
  }

  /** {@link LongAdder#add} of a number that the compiler does not know. */
  @Benchmark
  public void longAdderAdd(Striped state) {
    state.add();
  }

  /** {@link AtomicLong#incrementAndGet} whose result nobody wants, as with a counter. */
  @Benchmark
  public void atomicLongIncrement(Atomic state) {
    state.counter.incrementAndGet();
  }

  /** {@link AtomicLong#addAndGet} whose result nobody wants, as with a counter. */
  @Benchmark
  public void atomicLongAdd(Atomic state) {
    state.add();
  }

  /** {@link Rseq#currentCpu}. */
  @Benchmark
  public int currentCpu() {
    return Rseq.currentCpu();
  }
}
