package io.github.rseq4j.benchmarks;

import java.util.function.LongConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** {@link HistogramBenchmark} by virtual threads. */
@State(Scope.Benchmark)
public class VirtualHistogramBenchmark extends Nanoseconds {
  /** The histogram. */
  @Param public TimeHistogram.Kind contender = TimeHistogram.Kind.PER_CPU;

  /** How many threads there are. */
  @Param({"1000", "100000"})
  public int tasks;

  @SuppressWarnings("NullAway.Init") // set by open
  private LongConsumer recorder;

  /** Makes the histogram. */
  @Setup
  public void open() {
    check(contender);
    recorder = contender.open().recorder();
  }

  /** Records. */
  @Benchmark
  @OperationsPerInvocation(VirtualTasks.OPERATIONS)
  public void record() {
    VirtualTasks.run(tasks, () -> number -> recorder.accept(Times.at(number)));
  }
}
