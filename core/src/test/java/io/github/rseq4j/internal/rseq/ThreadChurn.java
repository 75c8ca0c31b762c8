package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.link.ThreadArea;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.internal.linux.SystemCall;
import io.github.rseq4j.percpu.PerCpuLongAdder;
import java.lang.foreign.Arena;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Starts many threads, each of which adds a little and ends, so that the C library uses their
 * stacks again; some of them another library has registered. Prints what came out.
 */
public final class ThreadChurn {
  private static final int STARTERS = 4;
  private static final int THREADS_EACH = Integer.getInteger("rseq4j.churnThreads", 1000);
  private static final int FOREIGN = 16;
  private static final int ADDED = 200;

  private final Platform.Machine machine = Platform.current().machine().orElseThrow();
  private final LongSupplier threadPointer;
  private final PerCpuLongAdder adder = new PerCpuLongAdder();
  private final Set<Long> places = ConcurrentHashMap.newKeySet();
  private final AtomicInteger fresh = new AtomicInteger();
  private final AtomicInteger registered = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  private ThreadChurn() throws Exception {
    threadPointer = ThreadArea.threadPointer(machine.processor(), machine.space());
  }

  public static void main(String[] arguments) throws Exception {
    Availability availability = Rseq.availability();
    say("active", availability.active());
    say("own", availability.area().orElseThrow().own());
    say("registered_by", availability.registeredBy());
    new ThreadChurn().run();
  }

  private void run() throws InterruptedException {
    Thread[] starters = new Thread[STARTERS];
    for (int i = 0; i < STARTERS; i++) {
      starters[i] = Thread.ofPlatform().start(this::start);
    }
    for (Thread starter : starters) {
      starter.join();
    }
    say("threads", STARTERS * THREADS_EACH);
    say("foreign", STARTERS * (THREADS_EACH / FOREIGN));
    say("fresh", fresh);
    say("registered", registered);
    say("refused", refused);
    say("places", places.size());
    say("failed", failed);
    say("missing", (long) STARTERS * THREADS_EACH * ADDED - adder.sum());
  }

  private void start() {
    for (int i = 1; i <= THREADS_EACH; i++) {
      boolean foreign = i % FOREIGN == 0;
      try {
        Thread.ofPlatform().start(() -> work(foreign)).join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void work(boolean foreign) {
    places.add(threadPointer.getAsLong());
    try {
      fresh.addAndGet((int) machine.cpuId().invokeExact() == -1 ? 1 : 0);
      if (foreign) {
        registerElsewhere();
      }
      for (int i = 0; i < ADDED; i++) {
        adder.increment();
      }
      int cpu = (int) machine.cpuId().invokeExact();
      (cpu >= 0 ? registered : refused).incrementAndGet();
    } catch (Throwable e) {
      failed.incrementAndGet();
    }
  }

  /** Does what a library with an area of its own does. The area outlives the thread. */
  private static void registerElsewhere() {
    long area =
        Arena.global().allocate(RseqAbi.ORIGINAL_SIZE, RseqAbi.ORIGINAL_ALIGNMENT).address();
    int signature = Arch.current().orElseThrow().rseqSignature();
    long result = SystemCall.RSEQ.call(area, RseqAbi.ORIGINAL_SIZE, 0, signature);
    if (result != 0) {
      throw new IllegalStateException("rseq: " + result);
    }
  }

  private static void say(String key, Object value) {
    System.out.println(key + "=" + value);
  }
}
