package io.github.rseq4j;

import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Sequence;
import java.lang.invoke.MethodHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Links sequences to regions, drops everything while they are called, and collects garbage
 * meanwhile. A region's memory or a sequence's code that went too early would end the process.
 */
final class DroppedRegions {
  private static final int THREADS = 3;
  private static final int REGIONS = 8;
  private static final int CALLS = 2000;
  private static final int COLLECTIONS = 10;
  private static final long SLICE_BYTES = 1 << 16;

  /** When an emulated processor has done enough. */
  private static final long PATIENCE_SECONDS = 30;

  private static final Address LAST = Address.of("last", (int) SLICE_BYTES - 8);

  private static final Sequence ADD =
      Sequence.define("add", s -> s.commitAdd64(LAST, s.parameter("delta"), Exit.of("added", 0)));

  private final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
  private final AtomicLong collections = new AtomicLong();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final List<WeakReference<PerCpuRegion>> regions = new ArrayList<>();

  private DroppedRegions() {}

  public static void main(String[] arguments) throws InterruptedException {
    new DroppedRegions().run();
  }

  private void run() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(Thread.ofPlatform().start(this::use));
    }
    while (threads.stream().anyMatch(Thread::isAlive)) {
      long start = System.nanoTime();
      System.gc();
      collections.incrementAndGet();
      // The others get as much of a slow processor as the collector.
      TimeUnit.NANOSECONDS.sleep(System.nanoTime() - start);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.gc();
    System.out.println("calls=" + calls);
    System.out.println("wrong=" + wrong);
    System.out.println("collections=" + collections);
    System.out.println(
        "collected=" + regions.stream().filter(region -> region.get() == null).count());
  }

  private void use() {
    for (int i = 0; (i < REGIONS || collections.get() < COLLECTIONS) && !isLate(); i++) {
      MethodHandle add = link();
      int made = 0;
      do {
        call(add);
      } while (++made < CALLS && !isLate());
    }
  }

  private boolean isLate() {
    return System.nanoTime() - deadline > 0;
  }

  /** Leaves the handle as the only way to the region. */
  private MethodHandle link() {
    PerCpuRegion region = PerCpuRegion.allocate(SLICE_BYTES);
    synchronized (regions) {
      regions.add(new WeakReference<>(region));
    }
    return region.link(ADD);
  }

  private void call(MethodHandle add) {
    try {
      if ((long) add.invokeExact(1L) != 0) {
        wrong.incrementAndGet();
      }
      calls.incrementAndGet();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
