package io.github.rseq4j.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** {@link CounterBenchmark} by virtual threads. */
@State(Scope.Benchmark)
public class VirtualCounterBenchmark extends Nanoseconds {
  /** The counter. */
  @Param public Counter.Kind contender = Counter.Kind.PER_CPU;

  /** How many threads there are. */
  @Param({"1000", "100000"})
  public int tasks;

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
  @OperationsPerInvocation(VirtualTasks.OPERATIONS)
  public void add() {
    VirtualTasks.run(tasks, () -> _ -> counter.add(1));
  }
}
