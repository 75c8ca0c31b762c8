package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.util.concurrent.CompletableFuture;

/** A thread that, while it is open, keeps one CPU busy. */
final class Competitor implements AutoCloseable {
  private final CompletableFuture<Void> end;
  private volatile boolean stop;

  Competitor(int cpu) {
    end = CompletableFuture.runAsync(() -> compete(cpu), Thread.ofPlatform().daemon()::start);
  }

  private void compete(int cpu) {
    // Where it may not choose its CPU, the thread that it competes with could not either.
    Threads.setAffinity(0, CpuSet.of(cpu));
    while (!stop) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    stop = true;
    end.join();
  }
}
