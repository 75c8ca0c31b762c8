package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * Two threads that, while it is open, keep moving all threads of this process between CPUs, and
 * keep sending them signals.
 */
final class Disturber implements AutoCloseable {
  private static final long PAUSE_NANOS = 100_000;

  private final CpuSet allowed = CpuSet.allowed();
  private final SplittableRandom random = new SplittableRandom(42);
  private final List<CompletableFuture<Void>> tasks =
      List.of(start(this::move), start(this::signal));
  private volatile boolean stop;

  private CompletableFuture<Void> start(IntConsumer disturbance) {
    return CompletableFuture.runAsync(() -> loop(disturbance), Thread.ofPlatform()::start);
  }

  private void move(int tid) {
    int cpu = random.nextInt(allowed.bound() + 1);
    Threads.setAffinity(tid, allowed.contains(cpu) ? CpuSet.of(cpu) : allowed);
  }

  private void signal(int tid) {
    Threads.tgkill(tid, Threads.SIGPIPE);
  }

  private void loop(IntConsumer disturbance) {
    while (!stop) {
      for (int tid : tids()) {
        disturbance.accept(tid);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private static List<Integer> tids() {
    List<Integer> tids = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      tasks.forEach(task -> tids.add(Integer.parseInt(task.getFileName().toString())));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return tids;
  }

  @Override
  public void close() {
    stop = true;
    tasks.forEach(CompletableFuture::join);
    for (int tid : tids()) {
      Threads.setAffinity(tid, allowed);
    }
  }
}
