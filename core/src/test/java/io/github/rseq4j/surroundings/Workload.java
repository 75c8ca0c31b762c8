package io.github.rseq4j.surroundings;

import static io.github.rseq4j.sequence.Condition.AT_LEAST;

import io.github.rseq4j.PerCpuRegion;
import io.github.rseq4j.percpu.PerCpuCounters;
import io.github.rseq4j.percpu.PerCpuLongAdder;
import io.github.rseq4j.percpu.PerCpuRingBuffer;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Value;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Every structure, and a sequence of one's own, used from platform and virtual threads, with an
 * account of what must have come of it.
 */
@SuppressWarnings("ThreadPriorityCheck") // yielding makes room in the ring; nothing relies on it
final class Workload {
  private static final int THREADS = 6;
  private static final int ROUNDS = 3000;
  private static final int COUNTERS = 3;

  /** A stack of longs in each slice: the count, then the items. */
  private static final int CAPACITY = 1000;

  private static final Address COUNT = Address.of("count", 0);
  private static final Address ITEMS = Address.of("items", Long.BYTES);
  private static final long SLICE_BYTES = Long.BYTES * (1L + CAPACITY);

  private static final Sequence PUSH =
      Sequence.define(
          "push",
          s -> {
            Value item = s.parameter("item");
            Value count = s.load64("count", COUNT);
            s.exitIf(count, AT_LEAST, CAPACITY, Exit.of("full", 1));
            s.store64(ITEMS.longAt(count), item);
            s.commit64(COUNT, s.add("next", count, 1), Exit.of("pushed", 0));
          });

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final PerCpuLongAdder adder = new PerCpuLongAdder();
  private final PerCpuCounters counters = new PerCpuCounters(COUNTERS);
  private final PerCpuRingBuffer ring = new PerCpuRingBuffer(1 << 14);
  private final PerCpuRegion region = PerCpuRegion.allocate(SLICE_BYTES);
  private final MethodHandle push = region.link(PUSH);

  private final AtomicLong threads = new AtomicLong();
  private final AtomicLong pushed = new AtomicLong();
  private final AtomicLong items = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** The records that were accepted and those that were read, as their numbers. */
  private final BitSet accepted = new BitSet();

  private final BitSet seen = new BitSet();
  private volatile boolean writing;

  /** Does a round of work on new threads, and returns when it is done. */
  void run() throws InterruptedException {
    writing = true;
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Runnable task = guarded(this::write);
      writers.add(i % 2 == 0 ? Thread.ofPlatform().start(task) : Thread.startVirtualThread(task));
    }
    Thread reader = Thread.ofPlatform().start(guarded(this::read));
    for (Thread writer : writers) {
      writer.join();
    }
    writing = false;
    reader.join();
  }

  /** Returns what is not as it must be; empty if everything is exact. */
  String mistakes() {
    StringBuilder mistakes = new StringBuilder();
    long rounds = threads.get() * ROUNDS;
    expect(mistakes, "adder", adder.sum(), rounds);
    for (int id = 0; id < COUNTERS; id++) {
      expect(mistakes, "counter " + id, counters.sum(id), rounds / COUNTERS * (id + 1));
    }
    expect(mistakes, "records lost", ring.lost(), lost.get());
    expect(mistakes, "records", accepted.cardinality() + lost.get(), rounds);
    if (!seen.equals(accepted)) {
      mistakes.append("other records were read than written; ");
    }
    long itemsFound = 0;
    for (int slice = 0; slice < region.slices(); slice++) {
      for (long i = 0; i < region.getAcquire(slice, COUNT.displacement()); i++) {
        itemsFound += region.getAcquire(slice, ITEMS.displacement() + i * Long.BYTES);
      }
    }
    expect(mistakes, "items", itemsFound, items.get());
    expect(mistakes, "pushes", region.sum(COUNT.displacement()), pushed.get());
    if (failure.get() != null) {
      mistakes.append(failure.get());
    }
    return mistakes.toString();
  }

  /** Returns how many items are in the slice of threads that have no index. */
  long withoutIndex() {
    return region.getAcquire(region.slices() - 1, COUNT.displacement());
  }

  /** Needs fences. */
  void close() {
    region.fence();
    ring.close();
  }

  private static void expect(StringBuilder mistakes, String what, long actual, long expected) {
    if (actual != expected) {
      mistakes.append("%s: %d, not %d; ".formatted(what, actual, expected));
    }
  }

  private Runnable guarded(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (Throwable e) {
        e.printStackTrace();
        failure.set(e);
      }
    };
  }

  private void write() {
    long first = threads.getAndIncrement() * ROUNDS;
    BitSet written = new BitSet();
    byte[] record = new byte[Long.BYTES + 16];
    for (int i = 0; i < ROUNDS; i++) {
      int n = Math.toIntExact(first + i);
      adder.increment();
      counters.add(i % COUNTERS, i % COUNTERS + 1);
      MemorySegment.ofArray(record).set(LONG, 0, n);
      if (ring.write(i, record)) {
        written.set(n);
      } else {
        lost.incrementAndGet();
        Thread.yield();
      }
      if (push(n) == 0) {
        pushed.incrementAndGet();
        items.addAndGet(n);
      }
    }
    synchronized (accepted) {
      accepted.or(written);
    }
  }

  private long push(long item) {
    try {
      return (long) push.invokeExact(item);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private void read() {
    boolean last;
    do {
      last = !writing;
      while (ring.read(this::see, ROUNDS) > 0) {
        // There may be more.
      }
      Thread.yield();
    } while (!last);
  }

  private void see(int type, MemorySegment buffer, long offset, int length) {
    int n = (int) buffer.get(LONG, offset);
    if (seen.get(n) || length != Long.BYTES + 16 || type != n % ROUNDS) {
      throw new IllegalStateException("record %d again, or damaged".formatted(n));
    }
    seen.set(n);
  }
}
