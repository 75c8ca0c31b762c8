package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.Rseq;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Twelve threads, half of them virtual, accumulate and add while a thread takes away what is there,
 * and while threads are moved between CPUs and get signals.
 *
 * <p>Invariants: a bit that was set is taken exactly once, before its thread sets it again; the
 * largest and smallest of what was taken are those of what was accumulated; and so is the sum.
 */
class AccumulatorStressTest {
  private static final int THREADS = 12;
  private static final int BITS = 5;
  private static final long WAIT_NANOS = 10_000;
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("rseq4j.stressSeconds", 3));

  private final PerCpuLongAccumulator or = PerCpuLongAccumulator.or();
  private final PerCpuLongAccumulator max = PerCpuLongAccumulator.max();
  private final PerCpuLongAccumulator min = PerCpuLongAccumulator.min();
  private final PerCpuDoubleAdder adder = new PerCpuDoubleAdder();

  /** The bits that were set, or are being set, and not yet taken. */
  private final AtomicLong outstanding = new AtomicLong();

  private volatile boolean ended;
  private long largest = Long.MIN_VALUE;
  private long smallest = Long.MAX_VALUE;
  private double sum;

  private final class Writer implements Crew.Work {
    final int id;
    long rounds;

    Writer(int id) {
      this.id = id;
    }

    @Override
    public void round(int round) {
      long own = ((1L << BITS) - 1) << (id * BITS);
      outstanding.getAndUpdate(before -> before | own);
      for (int bit = 0; bit < BITS; bit++) {
        or.accumulate(1L << (id * BITS + bit));
      }
      rounds++;
      adder.add(0.5);
      max.accumulate(last());
      min.accumulate(-last());
      while ((outstanding.get() & own) != 0 && !ended) {
        // Virtual threads that yield instead can keep one that holds a lock from running.
        LockSupport.parkNanos(WAIT_NANOS);
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
    sum += adder.sumThenReset();
  }

  private void takeUntilEnded() {
    try {
      while (!ended) {
        take();
      }
    } finally {
      ended = true;
    }
  }

  @Test
  @Timeout(120)
  void staysExactUnderMigrationAndSignals() throws Exception {
    List<Writer> writers = IntStream.range(0, THREADS).mapToObj(Writer::new).toList();
    CompletableFuture<Void> taker =
        CompletableFuture.runAsync(this::takeUntilEnded, Thread.ofPlatform()::start);
    try (Disturber _ = new Disturber()) {
      Crew.work(TIME, writers);
    }
    ended = true;
    taker.join();
    take();
    long expected = writers.stream().mapToLong(Writer::last).max().orElseThrow();
    assertThat(largest).isEqualTo(expected).isPositive();
    assertThat(smallest).isEqualTo(-expected);
    long rounds = writers.stream().mapToLong(writer -> writer.rounds).sum();
    assertThat(sum).isEqualTo(0.5 * rounds);
    assertThat(outstanding.get()).isZero();
    assertThat(or.get()).isZero();
    System.out.printf("stress: %d rounds of accumulating, %d restarts%n", rounds, Rseq.restarts());
  }
}
