package io.github.rseq4j.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** {@link PoolBenchmark} by virtual threads. */
@State(Scope.Benchmark)
public class VirtualPoolBenchmark extends Nanoseconds {
  /** The pool. */
  @Param public ItemPool.Kind contender = ItemPool.Kind.PER_CPU_HANDLE;

  /** How many threads there are. */
  @Param({"1000", "100000"})
  public int tasks;

  @SuppressWarnings("NullAway.Init") // set by open
  private ItemPool pool;

  /** Makes the pool. */
  @Setup
  public void open() {
    check(contender);
    pool = contender.open();
  }

  /** Acquires items and releases them. */
  @Benchmark
  @OperationsPerInvocation(VirtualTasks.OPERATIONS)
  public void acquireRelease(Blackhole user) {
    VirtualTasks.run(tasks, () -> _ -> user.consume(pool.use()));
  }
}
