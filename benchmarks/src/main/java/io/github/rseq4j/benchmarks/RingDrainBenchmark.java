package io.github.rseq4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Records on their whole way: some threads write a number of them, one reads all, and what is
 * measured is the time from the beginning to the end, by the number of records.
 *
 * <p>Records are numbered, and the reader adds the numbers up: if one is lost, or there is one too
 * many, the benchmark fails.
 */
@State(Scope.Benchmark)
public class RingDrainBenchmark extends Nanoseconds {
  private static final int RECORDS = 1 << 19;
  private static final int SIZE = 32;
  private static final int LIMIT = 256;

  /** The channel. */
  @Param public RecordChannel.Kind contender = RecordChannel.Kind.PER_CPU;

  /** How many threads write, a power of two. */
  @Param({"1", "2", "4", "8"})
  public int writers;

  @SuppressWarnings("NullAway.Init") // set by open
  private RecordChannel channel;

  @SuppressWarnings("NullAway.Init") // set by open
  private ExecutorService threads;

  private long sum;

  /** Makes the channel and starts the threads. */
  @Setup
  public void open() {
    if (writers < 1 || RECORDS % writers != 0) {
      throw new IllegalArgumentException("writers %d is not a power of two".formatted(writers));
    }
    check(contender);
    channel = contender.open(SIZE, number -> sum += number);
    threads = Executors.newFixedThreadPool(writers);
  }

  /** Ends the threads. */
  @TearDown
  public void close() {
    threads.close();
  }

  /** Writes and reads all records. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public void drain() {
    sum = 0;
    int share = RECORDS / writers;
    List<Future<?>> done = new ArrayList<>();
    for (int writer = 0; writer < writers; writer++) {
      int first = writer * share;
      done.add(threads.submit(() -> write(first, first + share)));
    }
    int count = 0;
    while (count < RECORDS) {
      int read = channel.read(LIMIT);
      count += read;
      if (read == 0) {
        ChannelBenchmark.giveWay();
      }
    }
    done.forEach(Nanoseconds::await);
    int more = channel.read(LIMIT);
    long expected = RECORDS * (RECORDS - 1L) / 2;
    if (count != RECORDS || more != 0 || sum != expected) {
      throw new IllegalStateException(
          "read %d + %d records of sum %d, not %d of %d"
              .formatted(count, more, sum, RECORDS, expected));
    }
  }

  private void write(int from, int to) {
    byte[] record = new byte[SIZE];
    BooleanSupplier write = channel.writer(record);
    for (int number = from; number < to; number++) {
      RecordChannel.FIRST.set(record, 0, (long) number);
      while (!write.getAsBoolean()) {
        ChannelBenchmark.giveWay();
      }
    }
  }
}
