package io.github.rseq4j.benchmarks;

import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * {@link QueueBenchmark} by virtual threads, each of which takes all that is there after each
 * {@value VirtualTasks#ROUND} offers, unless another one is just doing so. That is measured too.
 */
@State(Scope.Benchmark)
public class VirtualQueueBenchmark extends Nanoseconds {
  private static final int LIMIT = 256;
  private static final int PAUSE = 10_000;

  /** The queue. */
  @Param public ElementQueue.Kind contender = ElementQueue.Kind.PER_CPU;

  /** How many threads there are. */
  @Param({"1000", "100000"})
  public int tasks;

  private final ReentrantLock taking = new ReentrantLock();

  @SuppressWarnings("NullAway.Init") // set by open
  private ElementQueue queue;

  /** Makes the queue. */
  @Setup
  public void open(Blackhole reader) {
    check(contender);
    queue = contender.open(ChannelBenchmark.RECORDS, reader);
  }

  /** Offers and takes. */
  @Benchmark
  @OperationsPerInvocation(VirtualTasks.OPERATIONS)
  public void offer() {
    VirtualTasks.run(tasks, this::producer);
    take();
  }

  private IntConsumer producer() {
    BooleanSupplier producer = queue.producer();
    return number -> {
      while (!producer.getAsBoolean()) {
        take();
        // Threads that only yield would keep one that takes, and waits within, from running again.
        LockSupport.parkNanos(PAUSE);
      }
      if (number % VirtualTasks.ROUND == VirtualTasks.ROUND - 1) {
        take();
      }
    };
  }

  private void take() {
    if (taking.tryLock()) {
      try {
        int taken;
        do {
          taken = queue.take(LIMIT);
        } while (taken > 0);
      } finally {
        taking.unlock();
      }
    }
  }
}
