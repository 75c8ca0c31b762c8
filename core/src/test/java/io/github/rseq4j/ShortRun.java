package io.github.rseq4j;

import io.github.rseq4j.percpu.PerCpuCounters;
import io.github.rseq4j.percpu.PerCpuLongAdder;
import io.github.rseq4j.percpu.PerCpuRingBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Uses every structure on platform and virtual threads for a moment, and prints what came out. */
final class ShortRun {
  private static final int THREADS = 8;
  private static final int ROUNDS = 20_000;

  private ShortRun() {}

  public static void main(String[] arguments) throws InterruptedException {
    PerCpuLongAdder adder = new PerCpuLongAdder();
    PerCpuCounters counters = new PerCpuCounters(2);
    PerCpuRingBuffer ring = new PerCpuRingBuffer(1 << 12);
    AtomicLong written = new AtomicLong();
    AtomicLong unknownCpu = new AtomicLong();
    Runnable task =
        () -> {
          byte[] record = new byte[16];
          for (int i = 0; i < ROUNDS; i++) {
            adder.increment();
            counters.add(i & 1, 2);
            written.addAndGet(ring.write(i, record) ? 1 : 0);
            unknownCpu.addAndGet(Rseq.currentCpu() < 0 ? 1 : 0);
          }
        };
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(i % 2 == 0 ? Thread.ofPlatform().start(task) : Thread.ofVirtual().start(task));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    ring.close();
    long read = ring.read((_, _, _, _) -> {}, Integer.MAX_VALUE);
    long all = (long) THREADS * ROUNDS;
    say("exact", adder.sum() == all && counters.sum(0) == all && counters.sum(1) == all);
    say("ring_exact", read == written.get() && read + ring.lost() == all);
    say("unknown_cpu", unknownCpu.get());
    say("node", Rseq.currentNode());
    say("mm_cid", Rseq.currentMmCid());
    Availability availability = Rseq.availability();
    say("active", availability.active());
    say("backend", availability.backend());
    say("calls", availability.calls());
    say("registered_by", availability.registeredBy());
    say("native_access", availability.nativeAccess());
    say("missing", availability.missing().size());
    say("missing_reasons", availability.missing());
    say("reason", availability.reason());
  }

  private static void say(String key, Object value) {
    System.out.println(key + "=" + value);
  }
}
