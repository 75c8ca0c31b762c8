package io.github.rseq4j.benchmarks;

import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A JVM that makes many objects of one kind, uses each on some CPUs, and prints the bytes that one
 * takes: of the heap, and of pages in RAM outside of it.
 */
final class MemoryProgram {
  /**
   * What its JVM needs: a heap whose pages are all there from the start, so that what grows in RAM
   * lies outside of it, no thread with a part of it to itself, and a collector that leaves nothing
   * behind.
   */
  static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:MarkSweepAlwaysCompactCount=1",
          "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", // Agrona's
          "-Xms512m",
          "-Xmx512m",
          "-XX:+AlwaysPreTouch",
          "-XX:-UseTLAB",
          "-XX:TieredStopAtLevel=1");

  private static final long UNMAPPING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final MemoryKind kind;
  private final int size;
  private final int[] cpus;

  private MemoryProgram(MemoryKind kind, int size, int cpus) {
    this.kind = kind;
    this.size = size;
    this.cpus = CpuSet.allowed().ids().stream().limit(cpus).toArray();
  }

  /**
   * Prints it.
   *
   * @param arguments the kind, its size, and the number of CPUs
   */
  public static void main(String... arguments) throws IOException {
    MemoryProgram program =
        new MemoryProgram(
            MemoryKind.valueOf(arguments[0]),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]));
    System.out.printf(Locale.ROOT, "%.3f%n", program.bytes());
  }

  private double bytes() throws IOException {
    fill(new Object[2]); // loads the classes
    Object[] objects = new Object[kind.copies(size)];
    long before = taken();
    try {
      fill(objects);
      return (double) (taken() - before) / objects.length;
    } finally {
      Reference.reachabilityFence(objects);
    }
  }

  private void fill(Object[] objects) {
    for (int i = 0; i < objects.length; i++) {
      objects[i] = kind.make(size);
    }
    if (kind.contended()) {
      new Contention(cpus).on(kind.adders(objects));
      return;
    }
    for (int cpu : cpus) {
      on(
          CpuSet.of(cpu),
          () -> {
            for (Object each : objects) {
              kind.use(each);
            }
          });
    }
  }

  /** Runs something in a thread on some CPUs. */
  static void on(CpuSet cpus, Runnable work) {
    CompletableFuture.runAsync(
            () -> {
              int error = Threads.setAffinity(0, cpus);
              if (error != 0) {
                throw new IllegalStateException(
                    "a thread cannot be bound to CPUs %s: error %d".formatted(cpus, error));
              }
              work.run();
            },
            Thread.ofPlatform()::start)
        .join();
  }

  private long taken() throws IOException {
    System.gc();
    // What is unreachable is unmapped by a thread of its own.
    LockSupport.parkNanos(UNMAPPING_NANOS);
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.totalMemory() - runtime.freeMemory();
    return kind.mapped() ? heap + anonymous() : heap;
  }

  /** Returns how much memory of this process is of no file, by proc(5). */
  private static long anonymous() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/smaps_rollup")).stream()
            .filter(each -> each.startsWith("Anonymous:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
  }
}
