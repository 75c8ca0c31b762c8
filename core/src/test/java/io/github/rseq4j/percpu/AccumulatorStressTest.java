package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.Rseq;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Twelve threads, half of them virtual, accumulate while a thread takes away what is there, and
 * while threads are moved between CPUs and get signals.
 *
 * <p>Invariants: a bit that was set is taken exactly once, before its thread sets it again; the
 * largest and smallest of what was taken are those of what was accumulated.
 */
class AccumulatorStressTest {
  private static final int THREADS = 12;
  private static final int BITS = 5;
  private static final long WAIT_NANOS = 10_000;
  private static final long SECONDS = Long.getLong("rseq4j.stressSeconds", 3);

  private final PerCpuLongAccumulator or = PerCpuLongAccumulator.or();
  private final PerCpuLongAccumulator max = PerCpuLongAccumulator.max();
  private final PerCpuLongAccumulator min = PerCpuLongAccumulator.min();
  private final AtomicLong outstanding = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean stop;
  private volatile boolean ended;

  private long largest = Long.MIN_VALUE;
  private long smallest = Long.MAX_VALUE;

  private final class Writer implements Runnable {
    final int id;
    long rounds;

    Writer(int id) {
      this.id = id;
    }

    @Override
    public void run() {
      long own = ((1L << BITS) - 1) << (id * BITS);
      while (!stop && failure.get() == null) {
        outstanding.getAndUpdate(before -> before | own);
        for (int bit = 0; bit < BITS; bit++) {
          or.accumulate(1L << (id * BITS + bit));
        }
        rounds++;
        max.accumulate(rounds * THREADS + id);
        min.accumulate(-rounds * THREADS - id);
        while ((outstanding.get() & own) != 0 && failure.get() == null) {
          // Virtual threads that yield instead can keep one that holds a lock from running.
          LockSupport.parkNanos(WAIT_NANOS);
        }
      }
    }

    long last() {
      return rounds * THREADS + id;
    }
  }

  private void take() {
    long bits = or.getThenReset();
    long before = outstanding.getAndUpdate(all -> all & ~bits);
    assertThat(bits & ~before).as("bits taken again").isZero();
    largest = Math.max(largest, max.getThenReset());
    smallest = Math.min(smallest, min.getThenReset());
  }

  private void takeUntilEnded() {
    try {
      while (!ended) {
        take();
      }
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  @Test
  @Timeout(120)
  void staysExactUnderMigrationAndSignals() throws Exception {
    List<Writer> writers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    Thread taker = Thread.ofPlatform().start(this::takeUntilEnded);
    try (Disturber _ = new Disturber()) {
      for (int id = 0; id < THREADS; id++) {
        Writer writer = new Writer(id);
        writers.add(writer);
        threads.add(
            id % 2 == 0 ? Thread.ofPlatform().start(writer) : Thread.ofVirtual().start(writer));
      }
      Thread.sleep(SECONDS * 1000);
      stop = true;
      for (Thread thread : threads) {
        thread.join();
      }
    }
    ended = true;
    taker.join();
    assertThat(failure.get()).isNull();
    take();
    long expected = writers.stream().mapToLong(Writer::last).max().orElseThrow();
    assertThat(largest).isEqualTo(expected).isPositive();
    assertThat(smallest).isEqualTo(-expected);
    assertThat(or.get()).isZero();
    System.out.printf(
        "stress: %d rounds of accumulating, %d restarts%n",
        writers.stream().mapToLong(writer -> writer.rounds).sum(), Rseq.restarts());
  }
}
