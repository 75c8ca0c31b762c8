package io.github.rseq4j.percpu;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads, half of them virtual, that do their work again and again until the time is over, and at
 * least once.
 */
final class Crew {
  /** What a thread does. */
  interface Work {
    /**
     * Does a round of it.
     *
     * @param round the number of the round in this thread, from 0
     */
    void round(int round) throws Exception;
  }

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean stop;

  private Crew() {}

  /**
   * Has each piece of work done by a thread of its own, every second one virtual, and returns when
   * all have finished their last rounds.
   *
   * @throws IllegalStateException caused by what a thread has thrown, which ends all of them
   */
  static void work(Duration time, List<? extends Work> pieces) throws InterruptedException {
    Crew crew = new Crew();
    pieces.forEach(crew::start);
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0 && crew.failure.get() == null) {
      Thread.sleep(10);
    }
    crew.stop = true;
    for (Thread thread : crew.threads) {
      thread.join();
    }
    if (crew.failure.get() != null) {
      throw new IllegalStateException(crew.failure.get());
    }
  }

  private void start(Work work) {
    Runnable loop = () -> loop(work);
    threads.add(
        threads.size() % 2 == 0 ? Thread.ofPlatform().start(loop) : Thread.ofVirtual().start(loop));
  }

  private void loop(Work work) {
    try {
      int round = 0;
      do {
        work.round(round++);
      } while (!stop);
    } catch (Throwable e) {
      failure.set(e);
    }
  }
}
