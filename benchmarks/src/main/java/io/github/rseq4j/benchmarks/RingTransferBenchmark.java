package io.github.rseq4j.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.infra.Control;

/**
 * Records written to a channel that a thread reads all the time: {@code transfer:write} is the time
 * that a record takes its writer until it is accepted.
 *
 * <p>A writer that finds the channel full yields until there is room, so nothing is lost and a slow
 * reader shows; only {@link RecordChannel.Kind#LINKED_QUEUE} takes what the reader has not come to
 * yet, as garbage collection allows. {@code transfer:read} is the time of a call that reads up to
 * {@value #LIMIT} records, or yields if there are none. JMH's {@code -tg 1,4} gives four writers.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--enable-native-access=ALL-UNNAMED",
      "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED" // Agrona's
    })
@State(Scope.Group)
public class RingTransferBenchmark {
  private static final int LIMIT = 256;

  /** The channel. */
  @Param public RecordChannel.Kind contender = RecordChannel.Kind.PER_CPU;

  /** The bytes of a record. */
  @Param({"32", "256"})
  public int size;

  @SuppressWarnings("NullAway.Init") // set by open
  private RecordChannel channel;

  /** Makes the channel. */
  @Setup
  public void open(Blackhole reader) {
    channel = contender.open(size, reader);
  }

  /** Reads what is left, so that the next iteration begins with an empty channel. */
  @TearDown(Level.Iteration)
  public void drain() {
    channel.drain();
  }

  /** A thread that writes. */
  @State(Scope.Thread)
  public static class Writer {
    @SuppressWarnings("NullAway.Init") // set by open
    private BooleanSupplier write;

    /** Makes the thread's record. */
    @Setup
    public void open(RingTransferBenchmark benchmark) {
      write = benchmark.channel.writer(new byte[benchmark.size]);
    }
  }

  /** Writes a record. */
  @Benchmark
  @Group("transfer")
  public void write(Writer writer, Control control) {
    while (!writer.write.getAsBoolean() && !control.stopMeasurement) {
      RecordChannel.giveWay();
    }
  }

  /** Reads some records. */
  @Benchmark
  @Group("transfer")
  public void read() {
    if (channel.read(LIMIT) == 0) {
      RecordChannel.giveWay();
    }
  }
}
