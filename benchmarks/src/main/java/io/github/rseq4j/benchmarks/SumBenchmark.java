package io.github.rseq4j.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The sum of a counter to which several threads have added. */
@State(Scope.Benchmark)
public class SumBenchmark extends Nanoseconds {
  private static final int ADDITIONS = 1_000_000;

  /** The counter. */
  @Param public Counter.Kind contender = Counter.Kind.PER_CPU;

  @SuppressWarnings("NullAway.Init") // set by open
  private Counter counter;

  /** Makes the counter. */
  @Setup
  public void open() {
    check(contender);
    Counter made = contender.open();
    byThreads(
        () -> {
          for (int i = 0; i < ADDITIONS; i++) {
            made.add(1);
          }
        });
    counter = made;
  }

  /** Asks for the sum. */
  @Benchmark
  public long sum() {
    return counter.sum();
  }
}
