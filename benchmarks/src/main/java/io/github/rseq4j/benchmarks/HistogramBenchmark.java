package io.github.rseq4j.benchmarks;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One histogram into which all threads record: the time that a record takes its thread. */
@State(Scope.Benchmark)
public class HistogramBenchmark extends Nanoseconds {
  /** The histogram. */
  @Param public TimeHistogram.Kind contender = TimeHistogram.Kind.PER_CPU;

  @SuppressWarnings("NullAway.Init") // set by open
  private TimeHistogram histogram;

  /** Makes the histogram. */
  @Setup
  public void open() {
    check(contender);
    histogram = contender.open();
  }

  /** A thread that records. */
  @State(Scope.Thread)
  public static class Client {
    @SuppressWarnings("NullAway.Init") // set by open
    private LongConsumer recorder;

    private int number = ThreadLocalRandom.current().nextInt();

    /** Finds what records. */
    @Setup
    public void open(HistogramBenchmark benchmark) {
      recorder = benchmark.histogram.recorder();
    }
  }

  /** Records the next time. */
  @Benchmark
  public void record(Client client) {
    client.recorder.accept(Times.at(client.number++));
  }
}
