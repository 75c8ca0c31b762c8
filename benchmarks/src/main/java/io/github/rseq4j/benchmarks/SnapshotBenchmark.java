package io.github.rseq4j.benchmarks;

import java.util.function.LongConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The snapshot of a histogram into which several threads have recorded. */
@State(Scope.Benchmark)
public class SnapshotBenchmark extends Nanoseconds {
  private static final int RECORDS = 100_000;

  /** The histogram. */
  @Param public TimeHistogram.Kind contender = TimeHistogram.Kind.PER_CPU;

  @SuppressWarnings("NullAway.Init") // set by open
  private TimeHistogram histogram;

  /** Makes the histogram. */
  @Setup
  public void open() {
    check(contender);
    TimeHistogram made = contender.open();
    byThreads(
        () -> {
          LongConsumer recorder = made.recorder();
          for (int i = 0; i < RECORDS; i++) {
            recorder.accept(Times.at(i));
          }
        });
    histogram = made;
  }

  /** Takes it. */
  @Benchmark
  public Object snapshot() {
    return histogram.snapshot();
  }
}
