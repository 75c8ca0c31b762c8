package io.github.rseq4j.percpu;

import java.lang.invoke.VarHandle;
import java.util.AbstractQueue;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue to which any thread offers without atomic instructions, and from which one thread
 * at a time takes.
 *
 * <p>It has a part for each CPU. Elements that are offered on one CPU are taken in the order of
 * their offers; between CPUs there is no order. A thread that is preempted, and perhaps moved,
 * between two offers may therefore see the later one taken first, unless it offers through a {@link
 * #producer producer}, whose elements are taken in order wherever it runs.
 *
 * <p>The capacity is that of each part: an offer is refused if the part of the CPU that it is made
 * on is full, whatever room the others have. So between {@link #capacity} elements and that number
 * times the CPUs are in the queue when it refuses one.
 *
 * <p>Null is not allowed. Taking is {@code poll}, {@code peek}, {@code remove}, {@code clear} and
 * {@code drain}; if two threads do so at the same time, one of them gets an {@link
 * IllegalStateException}. {@code size}, iteration and what is derived from it are for any thread.
 * Iterators are weakly consistent: they find what is there from their making to their end, and may
 * or may not find what comes or goes meanwhile; their order is not that of taking.
 *
 * <p>It takes 256 bytes for each possible CPU and for one more, in whole pages, of which one
 * becomes memory when it is first touched; and on the heap a reference for each place of the part
 * of each CPU on which something was offered, some 280 bytes for each such part, and some 1,000
 * bytes.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code offer}, {@code add}<td>this CPU's part<td>release: what happened before it is
 *     visible to whoever takes the element<td>starts again, unnoticed<td>this CPU's part, when it
 *     is offered to for the first time<td>under a lock
 * <tr><td>{@code Producer.offer}<td>this CPU's part<td>release, and after the producer's earlier
 *     offers<td>starts again, unnoticed<td>24 to 40 bytes if it has been moved<td>under a lock
 * <tr><td>{@code poll}, {@code peek}, {@code drain}<td>every CPU's part, the one with the last
 *     element first<td>acquire<td>-<td>no<td>the same
 * <tr><td>{@code remove(Object)}<td>every CPU's part<td>acquire<td>-<td>24 to 40 bytes<td>the same
 * <tr><td>{@code size}<td>every CPU's part<td>acquire<td>-<td>no<td>the same
 * <tr><td>{@link #asBlockingQueue}: {@code poll}, {@code take}, {@code drainTo}<td>every CPU's
 *     part, and a lock<td>acquire<td>aborts claims that are under way, when it begins to
 *     wait<td>no, unless it waits<td>the same
 * <tr><td>{@link #asBlockingQueue}: {@code put}<td>this CPU's part, and a lock if it has to
 *     wait<td>release<td>starts again, unnoticed<td>no, unless it waits<td>under a lock
 * </table>
 *
 * @param <E> the type of the elements
 */
public final class PerCpuQueue<E> extends AbstractQueue<E> {
  /** The largest capacity. */
  public static final int MAX_CAPACITY = 1 << 28;

  /*
   * The protocol
   *
   * An offer claims a place by a sequence, and then stores the element into it, in Java, since only
   * Java can store references. Between the two the thread may be preempted and moved, and any
   * number of others may claim and fill the places behind.
   *
   * A place that is null is empty or claimed, which is all that the consumer needs to know: it
   * takes what is in the place at the head, clears the place, and then moves the head, with
   * release. A sequence acquires the head before it deals the place out again, so the new element
   * is stored after the place was cleared. It does so only when the tail has come to the limit, the
   * head last seen plus the capacity. Whoever claims below the limit runs on the CPU of the
   * sequence that has acquired the head, after a context switch, which is a barrier.
   *
   * Nothing may fail between the claim and the store, or the place would stay claimed for ever. So
   * all memory is allocated before the claim: a slice has no capacity until it has a part, and the
   * sequence leaves without a claim. The element's own content is released before the claim too,
   * and then the store is a plain one, which needs no call.
   *
   * poll returns null only if there was a moment since it began at which no completed offer had its
   * element in the queue. Looking at the place at each head is not enough for that: a claim that is
   * not filled may have filled places behind it. If the consumer finds nothing else, it waits for
   * such a claim, as other queues do; its thread has but one store to make. Claims with nothing
   * filled behind them it does not wait for.
   *
   * Producers
   *
   * A producer notes the position of its last element. If its next one comes to another slice
   * while the last one is still in the queue, it is wrapped in a mark that says so, and the
   * consumer does not take it until the head of that slice has passed that position. Elements
   * behind it wait too. Of the position a claim has but the place; it is the last one of that place
   * below the tail, since claims end a capacity above a head that cannot pass a claim. The tail is
   * this CPU's own: the head, which the consumer keeps writing, is read only after a move.
   *
   * This cannot come to a standstill. Order all elements by the moment of their claims. A mark
   * names an element with an earlier claim, whose offer has returned; and what is before an element
   * in its own slice has an earlier claim. So the first completed one is not behind another one,
   * and what its mark names, having been completed still earlier, has been taken. It is at the head
   * of its slice or behind claims that are about to be filled, and one look at every slice finds
   * it or one that was completed since.
   *
   * Removal replaces an element by a mark without one, over which the consumer moves the head when
   * it comes there. A removed element that was to come after another one leaves that to its mark.
   */

  final QueueParts parts;
  private final QueueTaker taker;
  private final BlockingQueueView<E> view;

  /**
   * Makes an empty queue.
   *
   * @param capacity how many elements each CPU's part takes at least, 1 to {@value #MAX_CAPACITY}:
   *     it is rounded up to a power of two
   * @throws IllegalArgumentException if the capacity is out of range
   * @throws OutOfMemoryError if there is not enough address space
   */
  public PerCpuQueue(int capacity) {
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException(
          "capacity %d is not in 1..%d".formatted(capacity, MAX_CAPACITY));
    }
    parts = new QueueParts(Integer.highestOneBit(2 * capacity - 1));
    taker = new QueueTaker(parts);
    view = new BlockingQueueView<>(this, parts);
  }

  /** Returns how many elements each CPU's part takes: what was asked for, rounded up. */
  public int capacity() {
    return parts.capacity();
  }

  /**
   * Offers an element to this CPU's part.
   *
   * @return whether it was taken in; false if this CPU's part is full
   * @throws NullPointerException if the element is null
   * @throws OutOfMemoryError if this CPU has no part yet and there is no memory for one
   */
  @Override
  public boolean offer(E element) {
    Objects.requireNonNull(element, "element");
    long claim = parts.claim();
    if (!QueueLayout.isClaim(claim)) {
      return false;
    }
    fill(claim, element);
    return true;
  }

  /** Puts something into the place that was claimed, and tells who waits for it. */
  void fill(long claim, Object content) {
    parts.fill(claim, content);
    if (QueueLayout.isAwaited(claim)) {
      view.wakeTaker();
    }
  }

  /**
   * Returns a new producer for this queue: a way to offer whose elements are taken in the order of
   * their offers.
   */
  public Producer<E> producer() {
    return new Producer<>(this);
  }

  @Override
  public @Nullable E poll() {
    taker.begin();
    try {
      return cast(take());
    } finally {
      taker.end();
    }
  }

  private @Nullable Object take() {
    Object element = taker.take();
    if (element != null) {
      view.wakeProducer();
    }
    return element;
  }

  /**
   * Returns the element that the next {@link #poll} takes, if no other thread takes before.
   *
   * @return null if there is none
   */
  @Override
  public @Nullable E peek() {
    taker.begin();
    try {
      return cast(taker.peek());
    } finally {
      taker.end();
    }
  }

  /**
   * Takes elements, and passes them to a consumer. If the consumer throws, what it has thrown is
   * thrown on; the element at hand has been taken, and all others stay.
   *
   * @param consumer receives the elements; it must not take from this queue, and may offer to it
   * @param limit how many to take at most, at least 1
   * @return how many were taken; fewer than the limit means that no more were there
   * @throws IllegalArgumentException if the limit is below 1
   * @throws IllegalStateException if another thread is taking
   */
  public int drain(Consumer<? super E> consumer, int limit) {
    Objects.requireNonNull(consumer, "consumer");
    if (limit < 1) {
      throw new IllegalArgumentException("limit %d is below 1".formatted(limit));
    }
    taker.begin();
    try {
      int taken = 0;
      while (taken < limit) {
        E element = cast(take());
        if (element == null) {
          break;
        }
        taken++;
        consumer.accept(element);
      }
      return taken;
    } finally {
      taker.end();
    }
  }

  /**
   * Removes one element that is equal to an object. Its place can be used again only once what was
   * offered before it on its CPU has been taken.
   *
   * @return whether there was one
   */
  @Override
  public boolean remove(@Nullable Object object) {
    if (object == null) {
      return false;
    }
    taker.begin();
    try {
      return taker.removeEqual(object);
    } finally {
      taker.end();
    }
  }

  /**
   * Returns how many elements are in the queue, with those whose offers have not returned yet. It
   * is exact while nothing is offered or taken.
   */
  @Override
  public int size() {
    long size = -taker.removed();
    for (int slice = 0; slice < parts.slices(); slice++) {
      size += parts.used(slice);
    }
    return (int) Math.clamp(size, 0L, Integer.MAX_VALUE);
  }

  /**
   * Returns a view of this queue whose callers can wait, fit for an executor with one worker or for
   * an appender; always the same one.
   *
   * <p>Any thread may take through it; they do so in turn, each under a lock. While one takes
   * through the view, none may take from this queue itself. {@code put} and timed {@code offer}
   * wait for room in the part of the CPU that they happen to run on; who waits may learn of room up
   * to 16 milliseconds late. {@code remainingCapacity} is the room in the fullest part: that many
   * elements are taken in whatever CPUs they are offered on.
   *
   * <p>Waiting for elements costs producers nothing while nobody waits. When the consumer begins to
   * wait it interrupts the other CPUs by a fence, and from then on each offer, here or to the
   * queue, has a fence of its own until the consumer has taken a hundred or so elements without
   * waiting. {@code take} and timed {@code poll} throw {@link IllegalStateException} if that is
   * denied, as {@link PerCpuRingBuffer#close} does.
   */
  public BlockingQueue<E> asBlockingQueue() {
    return view;
  }

  @Override
  public Iterator<E> iterator() {
    return new QueueIterator<>(parts, this::removeAt);
  }

  private void removeAt(int slice, long position, Object element) {
    taker.begin();
    try {
      taker.removeAt(slice, position, element);
    } finally {
      taker.end();
    }
  }

  @Override
  public Spliterator<E> spliterator() {
    return Spliterators.spliteratorUnknownSize(
        iterator(), Spliterator.NONNULL | Spliterator.CONCURRENT);
  }

  @SuppressWarnings("unchecked") // only elements of this type are offered
  private @Nullable E cast(@Nullable Object element) {
    return (E) element;
  }

  /**
   * Offers to a {@link PerCpuQueue} elements that are taken in the order of their offers, whatever
   * CPUs these are made on. Many producers may be in use; each is for one thread at a time.
   *
   * @param <E> the type of the elements
   */
  public static final class Producer<E> {
    /** Words before and behind those that are used, for other producers: two cache lines. */
    private static final int PADDING = 16;

    private static final int SLICE = PADDING;
    private static final int POSITION = SLICE + 1;

    private final PerCpuQueue<E> queue;

    /** Where the last element is. */
    private final long[] last = new long[POSITION + 1 + PADDING];

    private @Nullable QueueMark spare;

    private Producer(PerCpuQueue<E> queue) {
      this.queue = queue;
      last[POSITION] = -1;
    }

    /**
     * Offers an element, as {@link PerCpuQueue#offer} does.
     *
     * @return whether it was taken in; false if this CPU's part is full
     * @throws NullPointerException if the element is null
     * @throws OutOfMemoryError if there is no memory for what this needs
     */
    public boolean offer(E element) {
      Objects.requireNonNull(element, "element");
      QueueMark mark = spare;
      if (mark == null) {
        mark = new QueueMark(); // before the claim
        spare = mark;
      }
      long claim = queue.parts.claim();
      if (!QueueLayout.isClaim(claim)) {
        return false;
      }
      int slice = QueueLayout.slice(claim);
      long position = queue.parts.position(claim);
      int lastSlice = (int) last[SLICE];
      long lastPosition = last[POSITION];
      if (slice == lastSlice || queue.parts.head(lastSlice) > lastPosition) {
        queue.fill(claim, element);
      } else {
        spare = null;
        mark.set(element, lastSlice, lastPosition);
        VarHandle.releaseFence();
        queue.fill(claim, mark);
      }
      last[SLICE] = slice;
      last[POSITION] = position;
      return true;
    }
  }
}
