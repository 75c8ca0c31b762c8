package io.github.rseq4j.benchmarks;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Control;

/**
 * Records or elements that threads hand to one reader, without the reader and with it.
 *
 * <p>{@code write} is without: after each {@value #BATCH} writes a thread stops its clock and reads
 * all that is there, in turn with the others. So reading is not measured, and the clock costs a
 * fraction of a nanosecond a write. With several threads, some read while others write. There is
 * room for several batches of each thread. If it is full all the same, because a writer was
 * preempted in a place where it keeps what others wrote behind it from being read, the next one
 * reads and yields until there is room, on its own time.
 *
 * <p>{@code transfer} is with a thread that reads all the time. Its {@code transferWrite} is the
 * time that a record takes its writer until it is accepted: a writer that finds no room yields
 * until there is some, so nothing is lost and a slow reader shows, but where nothing is ever full.
 * Its {@code transferRead} is the time of a call that reads up to {@value #LIMIT} records, or
 * yields if there are none. JMH's {@code -tg 1,4} gives four writers.
 */
public abstract class ChannelBenchmark extends Nanoseconds {
  private static final int BATCH = 256;
  private static final int LIMIT = 256;

  /** How many records there has to be room for at least. */
  static final int RECORDS = 16 * BATCH;

  ChannelBenchmark() {}

  /** Returns what writes for one thread, and returns false if there is no room. */
  abstract BooleanSupplier writer();

  /** Reads a number of records at most; returns how many, and 0 only if there are none. */
  abstract int read(int limit);

  private synchronized void drain() {
    int read;
    do {
      read = read(LIMIT);
    } while (read > 0);
  }

  /** Lets other threads run: there may be more than CPUs, and the caller waits for one of them. */
  @SuppressWarnings("ThreadPriorityCheck") // is what is needed
  static void giveWay() {
    Thread.yield();
  }

  /** Reads what is left, so that the next iteration begins with an empty channel. */
  @TearDown(Level.Iteration)
  public void empty() {
    drain();
  }

  /** A thread that writes. */
  @State(Scope.Thread)
  public static class Writer {
    @Nullable ChannelBenchmark benchmark;
    private @Nullable BooleanSupplier write;

    /** Returns what writes, of which the first call makes it: JMH cannot tell when to. */
    BooleanSupplier of(ChannelBenchmark newBenchmark) {
      BooleanSupplier known = write;
      if (known != null) {
        return known;
      }
      BooleanSupplier made = newBenchmark.writer();
      benchmark = newBenchmark;
      write = made;
      return made;
    }
  }

  /** One that reads too, while its clock stands. */
  @State(Scope.Thread)
  public static class BatchWriter extends Writer {
    /** Makes room again. */
    @TearDown(Level.Invocation)
    public void drain() {
      if (benchmark != null) {
        benchmark.drain();
      }
    }
  }

  /** Writes a batch. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void write(BatchWriter writer) {
    BooleanSupplier write = writer.of(this);
    for (int i = 0; i < BATCH; i++) {
      while (!write.getAsBoolean()) {
        drain();
        giveWay();
      }
    }
  }

  /** Writes. */
  @Benchmark
  @Group("transfer")
  public void transferWrite(Writer writer, Control control) {
    BooleanSupplier write = writer.of(this);
    while (!write.getAsBoolean() && !control.stopMeasurement) {
      giveWay();
    }
  }

  /** Reads. */
  @Benchmark
  @Group("transfer")
  public void transferRead() {
    if (read(LIMIT) == 0) {
      giveWay();
    }
  }
}
