package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A queue, and numbered elements for it of which a consumer can tell whether they are whole. */
final class QueueProbe {
  /** Nothing was taken. */
  static final int NONE = 0;

  /** What was taken is not as it was offered. */
  static final int TORN = -1;

  /** More was taken than was to be there. */
  static final int TOO_MANY = -2;

  private static final int CAPACITY = 2;

  /** Whoever waits longer was not woken. */
  private static final long PATIENCE_SECONDS = 5;

  /** Queues that are empty: tests run millions of times, and each queue is mapped memory. */
  private static final Queue<PerCpuQueue<Element>> IDLE = new ConcurrentLinkedQueue<>();

  /** Something whose content is visible, or not. */
  private static final class Element {
    private int number;

    Element(int number) {
      this.number = number;
    }
  }

  private final PerCpuQueue<Element> queue;
  private final PerCpuQueue.Producer<Element> producer;

  QueueProbe() {
    PerCpuQueue<Element> idle = IDLE.poll();
    queue = idle == null ? new PerCpuQueue<>(CAPACITY) : idle;
    producer = queue.producer();
  }

  /** Offers an element; there is room on every CPU. */
  void offer(int number) {
    requireRoom(queue.offer(new Element(number)));
  }

  /** Offers an element after those that were offered so before. */
  void offerInOrder(int number) {
    requireRoom(producer.offer(new Element(number)));
  }

  private static void requireRoom(boolean takenIn) {
    if (!takenIn) {
      throw new IllegalStateException("no room");
    }
  }

  /** Takes an element, and returns its number. */
  int poll() {
    return number(queue.poll());
  }

  /** Waits for an element, and returns its number. */
  int await() {
    try {
      return number(queue.asBlockingQueue().poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int number(@Nullable Element element) {
    if (element == null) {
      return NONE;
    }
    return element.number == 0 ? TORN : element.number;
  }

  /** Offers until this CPU has no room. */
  QueueProbe fill() {
    while (queue.offer(new Element(1))) {
      // There is room.
    }
    return this;
  }

  /** Waits for room, and returns whether there was some. */
  boolean awaitRoom() {
    try {
      return queue.asBlockingQueue().offer(new Element(1), PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes all. */
  void clear() {
    queue.clear();
  }

  /** Takes the last element, and lets another test have the queue; this one is done with it. */
  int pollLast() {
    int last = poll();
    boolean more = !queue.isEmpty();
    queue.clear();
    IDLE.add(queue);
    return more ? TOO_MANY : last;
  }
}
