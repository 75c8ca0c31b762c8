package io.github.rseq4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * {@link CounterBenchmark}'s additions, made by virtual threads.
 *
 * <p>JMH's loop does not yield while it measures, so there are as many carriers as it may ever have
 * threads: each thread keeps its carrier, and what is measured is that a thread is virtual, not how
 * it is scheduled.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--enable-native-access=ALL-UNNAMED",
      "-Djmh.executor=VIRTUAL",
      "-Djdk.virtualThreadScheduler.parallelism=64"
    })
public class VirtualThreadCounterBenchmark {
  /** {@link CounterBenchmark#perCpuAdd}. */
  @Benchmark
  public void perCpuAdd(CounterBenchmark.PerCpu state) {
    state.add();
  }

  /** {@link CounterBenchmark#longAdderAdd}. */
  @Benchmark
  public void longAdderAdd(CounterBenchmark.Striped state) {
    state.add();
  }

  /** {@link CounterBenchmark#atomicLongAdd}. */
  @Benchmark
  public void atomicLongAdd(CounterBenchmark.Atomic state) {
    state.add();
  }
}
