package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Twelve threads, half of them virtual, offer in every way to a queue, from which one takes in
 * every way, while a thread keeps moving them between CPUs and another keeps sending them signals.
 *
 * <p>Invariants: every element that was taken in is taken exactly once, with its content; those of
 * a producer in the order of their offers; and those of one thread in one part, too.
 */
class QueueStressTest {
  private static final int THREADS = 12;
  private static final int WAYS = 4;
  private static final int CAPACITY = 256;
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("rseq4j.stressSeconds", 3));
  private static final int NO_SLICE = -1;

  private record Item(int thread, int number, int slice) {}

  private final PerCpuQueue<Item> queue = new PerCpuQueue<>(CAPACITY);
  private final BlockingQueue<Item> view = queue.asBlockingQueue();

  /** Offers in one way. */
  private final class Offering implements Crew.Work {
    private final int id;
    private final PerCpuQueue.Producer<Item> producer = queue.producer();
    private int accepted;

    Offering(int id) {
      this.id = id;
    }

    @Override
    public void round(int round) throws InterruptedException {
      if (offer(accepted)) {
        accepted++;
      } else {
        LockSupport.parkNanos(1000);
      }
    }

    private boolean offer(int number) throws InterruptedException {
      Item item = new Item(id, number, NO_SLICE);
      return switch (id / 2 % WAYS) {
        case 0 -> producer.offer(item);
        case 1 -> queue.offer(item);
        case 2 -> view.offer(item, 1, TimeUnit.MILLISECONDS);
        default -> offerKnowingTheSlice(number);
      };
    }

    private boolean offerKnowingTheSlice(int number) {
      long claim = queue.parts.claim();
      if (!QueueLayout.isClaim(claim)) {
        return false;
      }
      queue.fill(claim, new Item(id, number, QueueLayout.slice(claim)));
      return true;
    }
  }

  /** Takes in every way, and checks. */
  private final class Taking implements Crew.Work {
    private final List<BitSet> seen = new ArrayList<>();
    private final int[] newestOfProducer = new int[THREADS];
    private final int[][] newestOfSlice = new int[queue.parts.slices()][THREADS];

    Taking() {
      for (int i = 0; i < THREADS; i++) {
        seen.add(new BitSet());
      }
      Arrays.fill(newestOfProducer, -1);
      for (int[] ofSlice : newestOfSlice) {
        Arrays.fill(ofSlice, -1);
      }
    }

    @Override
    public void round(int round) throws InterruptedException {
      for (Item item = queue.poll(); item != null; item = queue.poll()) {
        check(item);
      }
      Item waitedFor;
      int count = 0;
      do {
        waitedFor = view.poll(1, TimeUnit.MILLISECONDS);
        if (waitedFor != null) {
          check(waitedFor);
        }
      } while (waitedFor != null && ++count < 500);
      queue.drain(this::check, 10 * CAPACITY);
      Item next = queue.peek();
      assertThat(next == null || next.equals(queue.peek())).isTrue();
    }

    private void check(Item item) {
      int thread = item.thread;
      assertThat(seen.get(thread).get(item.number)).as("%s again", item).isFalse();
      seen.get(thread).set(item.number);
      if (thread / 2 % WAYS == 0) {
        assertThat(item.number)
            .as("of producer %d", thread)
            .isEqualTo(newestOfProducer[thread] + 1);
        newestOfProducer[thread] = item.number;
      }
      if (item.slice != NO_SLICE) {
        int[] newest = newestOfSlice[item.slice];
        assertThat(item.number).as("%s in its slice", item).isGreaterThan(newest[thread]);
        newest[thread] = item.number;
      }
    }
  }

  @Test
  @Timeout(120)
  void staysExactUnderMigrationAndSignals() throws Exception {
    Taking taking = new Taking();
    List<Crew.Work> work = new ArrayList<>(List.of(taking));
    List<Offering> all = IntStream.range(0, THREADS).mapToObj(Offering::new).toList();
    work.addAll(all);
    try (Disturber _ = new Disturber()) {
      Crew.work(TIME, work);
    }
    taking.round(0); // what was offered after the last one
    long total = 0;
    for (Offering each : all) {
      BitSet expected = new BitSet();
      expected.set(0, each.accepted);
      assertThat(taking.seen.get(each.id)).isEqualTo(expected);
      total += each.accepted;
    }
    assertThat(queue).isEmpty();
    System.out.printf("queue stress: %d elements%n", total);
  }
}
