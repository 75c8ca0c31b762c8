package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Twelve threads, half of them virtual, take and give back locks while they are moved between CPUs
 * and sent signals; two more take each lock in turn from wherever they are.
 *
 * <p>Invariant: what each lock guards is a plain number, to which everybody who holds the lock adds
 * 1; in the end these add up to how often locks were taken, and all locks are free. The same goes
 * for objects that are checked out: each is a table of plain counts. Whoever looks at all of them
 * meanwhile never finds less than before, nor a table whose counts do not add up.
 */
class LockStressTest {
  private static final int THREADS = 12;
  private static final int TAKERS = 2;
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("rseq4j.stressSeconds", 3));

  private final PerCpuLock locks = new PerCpuLock();

  /** In cache lines of their own, so that the locks do not share any. */
  private final long[][] guarded = new long[locks.size()][16];

  private class Locker implements Crew.Work {
    long taken;

    /** Takes a lock, or returns -1. */
    int take(int round) throws InterruptedException {
      return switch (round % 4) {
        case 0 -> locks.tryLock();
        case 1 -> locks.tryLock(100, TimeUnit.MICROSECONDS);
        case 2 -> locks.lockInterruptibly();
        default -> locks.lock();
      };
    }

    @Override
    public void round(int round) throws InterruptedException {
      int lock = take(round);
      if (lock >= 0) {
        assertThat(locks.holder(lock)).isEqualTo(Thread.currentThread().threadId());
        long before = guarded[lock][0];
        if (round % 8 == 3) {
          LockSupport.parkNanos(1000);
        }
        guarded[lock][0] = before + 1;
        taken++;
        if (round % 512 == 7) {
          Thread.ofVirtual().start(() -> locks.unlock(lock)).join();
        } else {
          locks.unlock(lock);
        }
      }
    }
  }

  private final class Taker extends Locker {
    @Override
    int take(int round) throws InterruptedException {
      Thread.sleep(1);
      int lock = round % locks.size();
      locks.lock(lock);
      return lock;
    }
  }

  @Test
  @Timeout(120)
  void oneThreadAtATimeHoldsALock() throws Exception {
    List<Locker> lockers = new ArrayList<>();
    for (int i = 0; i < THREADS + TAKERS; i++) {
      lockers.add(i < THREADS ? new Locker() : new Taker());
    }
    try (Disturber _ = new Disturber()) {
      Crew.work(TIME, lockers);
    }
    long counted = 0;
    for (long[] each : guarded) {
      counted += each[0];
    }
    assertThat(counted).isEqualTo(lockers.stream().mapToLong(locker -> locker.taken).sum());
    assertThat(lockers).allSatisfy(locker -> assertThat(locker.taken).isPositive());
    assertThat(locks).hasToString("PerCpuLock[]");
    System.out.printf("stress: locks taken %d times%n", counted);
  }

  /** Counts, and their sum. */
  private static final class Table {
    final Map<Integer, Integer> counts = new HashMap<>();
    int sum;

    void count(int key) {
      counts.merge(key, 1, Integer::sum);
      sum++;
    }

    int checkedSum() {
      assertThat(counts.values().stream().mapToInt(count -> count).sum()).isEqualTo(sum);
      return sum;
    }
  }

  private final PerCpu<Table> tables = PerCpu.withInitial(Table::new);

  private class Counter implements Crew.Work {
    int counted;

    @Override
    public void round(int round) {
      int key = round % 50;
      switch (round % 3) {
        case 0 -> {
          PerCpu.Slot<Table> slot = tables.tryCheckout();
          if (slot != null) {
            slot.get().count(key);
            slot.close();
            counted++;
          }
        }
        case 1 -> {
          try (PerCpu.Slot<Table> slot = tables.checkout()) {
            slot.get().count(key);
            LockSupport.parkNanos(1000);
          }
          counted++;
        }
        default -> {
          tables.use(table -> table.count(key));
          counted++;
        }
      }
    }
  }

  private final class Looker extends Counter {
    long seen;

    @Override
    public void round(int round) {
      long sum = sum();
      assertThat(sum).isGreaterThanOrEqualTo(seen);
      seen = sum;
    }

    long sum() {
      long[] sum = new long[1];
      tables.forEach(table -> sum[0] += table.checkedSum());
      return sum[0];
    }
  }

  @Test
  @Timeout(120)
  void oneThreadAtATimeOwnsAnObject() throws Exception {
    List<Counter> counters = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      counters.add(new Counter());
    }
    Looker looker = new Looker();
    counters.add(looker);
    try (Disturber _ = new Disturber()) {
      Crew.work(TIME, counters);
    }
    long counted = counters.stream().mapToLong(counter -> counter.counted).sum();
    assertThat(looker.sum()).isEqualTo(counted).isPositive();
    assertThat(looker.seen).isPositive();
    System.out.printf("stress: objects checked out %d times%n", counted);
  }
}
