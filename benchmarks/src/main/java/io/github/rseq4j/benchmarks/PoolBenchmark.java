package io.github.rseq4j.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One pool of all threads: the time that an item takes its thread to acquire and release. */
@State(Scope.Benchmark)
public class PoolBenchmark extends Nanoseconds {
  /** The pool. */
  @Param public ItemPool.Kind contender = ItemPool.Kind.PER_CPU_HANDLE;

  @SuppressWarnings("NullAway.Init") // set by open
  private ItemPool pool;

  /** Makes the pool. */
  @Setup
  public void open() {
    check(contender);
    pool = contender.open();
  }

  /** Acquires an item and releases it. */
  @Benchmark
  public Object acquireRelease() {
    return pool.use();
  }
}
