package io.github.rseq4j.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One counter to which all threads add: the time that an addition takes its thread. */
@State(Scope.Benchmark)
public class CounterBenchmark extends Nanoseconds {
  /** The counter. */
  @Param public Counter.Kind contender = Counter.Kind.PER_CPU;

  /** What is added, positive, and unknown to the compiler. */
  private final long delta = 1 + (System.nanoTime() & 7);

  @SuppressWarnings("NullAway.Init") // set by open
  private Counter counter;

  /** Makes the counter. */
  @Setup
  public void open() {
    check(contender);
    counter = contender.open();
  }

  /** Adds. */
  @Benchmark
  public void add() {
    counter.add(delta);
  }
}
