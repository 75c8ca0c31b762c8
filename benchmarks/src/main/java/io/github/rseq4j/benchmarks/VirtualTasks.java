package io.github.rseq4j.benchmarks;

import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Tasks that each have a virtual thread of their own, and together do a number of operations: each
 * does {@value #ROUND}, yields, and so on.
 *
 * <p>The time of an operation has its share of all this in it. That share is what is measured of
 * the contender that does nothing.
 */
final class VirtualTasks {
  /** How many operations there are. */
  static final int OPERATIONS = 1_600_000;

  /** How many a task does before it lets others run. */
  static final int ROUND = 8;

  private VirtualTasks() {}

  /**
   * Runs them.
   *
   * @param tasks how many, of which {@value #OPERATIONS} is a multiple
   * @param operations makes for a task what is given the number of each operation
   */
  static void run(int tasks, Supplier<IntConsumer> operations) {
    if (tasks < 1 || OPERATIONS % tasks != 0) {
      throw new IllegalArgumentException(
          "%d operations are not shared by %d tasks".formatted(OPERATIONS, tasks));
    }
    Callable<Void> task =
        () -> {
          run(operations.get(), OPERATIONS / tasks);
          return null;
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.invokeAll(Collections.nCopies(tasks, task)).forEach(Nanoseconds::await);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void run(IntConsumer operation, int count) {
    for (int i = 0; i < count; i++) {
      operation.accept(i);
      if (i % ROUND == ROUND - 1) {
        ChannelBenchmark.giveWay();
      }
    }
  }
}
