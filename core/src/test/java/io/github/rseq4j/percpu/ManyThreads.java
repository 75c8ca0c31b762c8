package io.github.rseq4j.percpu;

import java.util.ArrayList;
import java.util.List;

/** Threads that do the same, half of them virtual. */
final class ManyThreads {
  private ManyThreads() {}

  /** Runs a task on so many threads at once, and returns when all of them have ended. */
  static void run(int threads, Runnable task) throws InterruptedException {
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(i % 2 == 0 ? Thread.ofPlatform().start(task) : Thread.ofVirtual().start(task));
    }
    for (Thread thread : all) {
      thread.join();
    }
  }
}
