package io.github.rseq4j.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Records written to a channel that nobody reads meanwhile: the time that a write takes its thread.
 *
 * <p>After each {@value #BATCH} records a thread stops its clock and reads all that is there, in
 * turn with the others. So reading is not measured, and the clock costs a fraction of a nanosecond
 * a record. With several threads, some read while others write.
 *
 * <p>The channel has room for several batches of each thread. If it is full all the same, because a
 * writer was preempted in a place where it keeps what others wrote behind it from being read, the
 * next one reads and yields until there is room, on its own time.
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
@State(Scope.Benchmark)
public class RingWriteBenchmark {
  private static final int BATCH = 256;

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

  private synchronized void drain() {
    channel.drain();
  }

  /** A thread that writes. */
  @State(Scope.Thread)
  public static class Writer {
    @SuppressWarnings("NullAway.Init") // set by open
    private BooleanSupplier write;

    /** Makes the thread's record. */
    @Setup
    public void open(RingWriteBenchmark benchmark) {
      write = benchmark.channel.writer(new byte[benchmark.size]);
    }

    /** Makes room again. */
    @TearDown(Level.Invocation)
    public void drain(RingWriteBenchmark benchmark) {
      benchmark.drain();
    }
  }

  /** Writes a batch. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void write(Writer writer) {
    for (int i = 0; i < BATCH; i++) {
      while (!writer.write.getAsBoolean()) {
        drain();
        RecordChannel.giveWay();
      }
    }
  }
}
