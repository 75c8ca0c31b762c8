package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What a queue takes of the heap, as its documentation says. */
class QueueMemoryTest {
  private static final int QUEUES = 2_000;
  private static final int CAPACITY = 1024;
  private static final int MANY = 4096;

  /** Objects, arrays and padding of a queue, and of a part, besides its places. */
  private static final int QUEUE_BYTES = 1_000;

  private static final int PART_BYTES = 64 * Long.BYTES + 24;

  /** What differs between two looks at all of the heap, for each queue. */
  private static final int NOISE = 600;

  private static long heap() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(10);
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void takesPlacesOnlyForCpusThatOffer() throws Exception {
    List<PerCpuQueue<Object>> queues = new ArrayList<>(QUEUES);
    queues.add(new PerCpuQueue<>(CAPACITY)); // after which classes are there
    long slices = queues.getFirst().parts.slices();
    long heapBefore = heap();
    while (queues.size() <= QUEUES) {
      queues.add(new PerCpuQueue<>(CAPACITY));
    }
    long empty = (heap() - heapBefore) / QUEUES;
    for (PerCpuQueue<Object> queue : queues) {
      assertThat(queue.offer(queue)).isTrue();
    }
    long part = (heap() - heapBefore) / QUEUES - empty;

    long reference = GraphLayout.parseInstance((Object) new Object[MANY]).totalSize() / MANY;
    long rival = GraphLayout.parseInstance(new ArrayBlockingQueue<>(CAPACITY)).totalSize();
    System.out.printf(
        "queue of %d on %d slices: heap %d, a part %d bytes; ArrayBlockingQueue %d%n",
        CAPACITY, slices, empty, part, rival);
    assertThat(empty).isLessThan(QUEUE_BYTES + slices * 16 + NOISE);
    assertThat(part)
        .isBetween(CAPACITY * reference - NOISE, CAPACITY * reference + PART_BYTES + NOISE);
  }
}
