package io.github.rseq4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntFunction;

/**
 * Some threads that do the same at the same time.
 *
 * @param threads how many, at least 1
 * @param virtual whether they are virtual threads
 */
record Workers(int threads, boolean virtual) {
  /**
   * What one of the threads does.
   *
   * @param <T> what comes of it
   */
  interface Task<T> {
    /** Does it, and returns what comes of it. */
    T run() throws BadInputException;
  }

  /**
   * Starts the threads and waits for all of them.
   *
   * @param task makes the task of each, numbered from 0
   * @return their results, in that order
   * @throws BadInputException if one of them has thrown it
   * @throws IllegalStateException if one of them has thrown anything else
   */
  <T> List<T> run(IntFunction<Task<T>> task) throws BadInputException {
    List<Future<T>> futures = new ArrayList<>();
    ThreadFactory factory =
        virtual ? Thread.ofVirtual().factory() : Thread.ofPlatform().name("worker-", 0).factory();
    try (ExecutorService executor = Executors.newThreadPerTaskExecutor(factory)) {
      for (int i = 0; i < threads; i++) {
        Task<T> one = task.apply(i);
        futures.add(executor.submit(one::run));
      }
    }
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      results.add(resultOf(future));
    }
    return results;
  }

  /** Returns what they are, such as {@code 4 platform threads}. */
  @Override
  public String toString() {
    return "%d %s thread%s"
        .formatted(threads, virtual ? "virtual" : "platform", threads == 1 ? "" : "s");
  }

  private static <T> T resultOf(Future<T> future) throws BadInputException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BadInputException bad) {
        throw bad;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
