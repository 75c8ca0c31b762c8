package io.github.rseq4j.benchmarks;

import io.github.rseq4j.internal.linux.CpuSet;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Threads, two for each CPU, that add to one adder after another, all to the same at a time. */
final class Contention {
  private static final int THREADS_PER_CPU = 2;
  private static final int ADDITIONS = 1_000;

  /** For each adder: long enough for all threads to be running. */
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final CpuSet cpus;
  private final int threads;

  Contention(int[] cpus) {
    this.cpus = CpuSet.of(cpus);
    this.threads = THREADS_PER_CPU * cpus.length;
  }

  /** Adds to each. */
  void on(List<LongAdder> adders) {
    CyclicBarrier together = new CyclicBarrier(threads);
    CompletableFuture.allOf(
            IntStream.range(0, threads)
                .mapToObj(
                    _ ->
                        CompletableFuture.runAsync(
                            () -> MemoryProgram.on(cpus, () -> use(adders, together)),
                            Thread.ofPlatform()::start))
                .toArray(CompletableFuture<?>[]::new))
        .join();
  }

  private static void use(List<LongAdder> adders, CyclicBarrier together) {
    try {
      for (LongAdder each : adders) {
        together.await();
        long end = System.nanoTime() + NANOS;
        while (System.nanoTime() - end < 0) {
          for (int i = 0; i < ADDITIONS; i++) {
            each.add(1);
          }
        }
      }
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }
}
