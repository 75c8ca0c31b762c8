package io.github.rseq4j.percpu;

import java.lang.invoke.VarHandle;
import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The view of {@link PerCpuQueue#asBlockingQueue}. */
final class BlockingQueueView<E> extends AbstractQueue<E> implements BlockingQueue<E> {
  /*
   * Waiting for elements
   *
   * A bit of each slice's route says that producers are to look for a waiting consumer. As long as
   * it is not set, they do nothing for waiting: the claim has the bit, so that it costs no load.
   *
   * The consumer sets it and then fences. A claim that began before has been made when the fence
   * is over, or is begun again and has the bit. So of two kinds of claims each is cared for: one
   * made before shows in a tail, and if that tail is not its head while no element is found, the
   * consumer looks again soon. One made after has the bit, and then it is between two threads in
   * the usual way: the producer stores the element, fences, and looks for a waiter; the consumer
   * says that it waits, fences, and looks for elements. One of them sees the other.
   *
   * The bit stays when the consumer has been woken, since the fence disturbs all CPUs and it may
   * have to wait again soon. It is cleared when a good many elements were taken without waiting.
   * That needs no fence: a claim with the bit only makes its producer look in vain.
   *
   * A producer that has found a waiter removes it, so that others need not wake it again. Before it
   * parks the waiter enters itself anew, and looks for elements after that.
   *
   * Waiting for room
   *
   * Producers that wait are counted, and whoever takes wakes one of them for each element, if there
   * are any. Between the head and the count the taker does not fence, so it may miss one that
   * counts itself at that very moment; and room may come on one CPU while the producer that is
   * woken runs on another. Therefore they look again from time to time.
   */

  /** How many elements have to be taken without waiting for producers to be left alone. */
  private static final int BUSY = 128;

  private static final int SPINS = 50;

  /** Between two looks at a claim whose producer does not know of the waiting consumer. */
  private static final long UNFILLED_NANOS = 20_000;

  private static final long FIRST_ROOM_NANOS = 500_000;
  private static final long LAST_ROOM_NANOS = 16_000_000;

  private final PerCpuQueue<E> queue;
  private final QueueParts parts;

  /** Held while taking, and while changing how producers are told. */
  private final ReentrantLock taking = new ReentrantLock();

  private boolean told;
  private int takenInARow;

  /** Held while waiting to take. */
  private final ReentrantLock waiting = new ReentrantLock();

  private final AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();

  private final ReentrantLock room = new ReentrantLock();
  private final Condition roomMade = room.newCondition();
  private final AtomicInteger waitingForRoom = new AtomicInteger();

  BlockingQueueView(PerCpuQueue<E> queue, QueueParts parts) {
    this.queue = queue;
    this.parts = parts;
  }

  /** Wakes the consumer, if it waits, after an element was put into a place. */
  void wakeTaker() {
    VarHandle.fullFence();
    Thread thread = waiter.get();
    if (thread != null && waiter.compareAndSet(thread, null)) {
      LockSupport.unpark(thread);
    }
  }

  /** Wakes a producer that waits for room, if one does, after an element was taken. */
  void wakeProducer() {
    if (waitingForRoom.get() != 0) {
      room.lock();
      try {
        roomMade.signal();
      } finally {
        room.unlock();
      }
    }
  }

  @Override
  public boolean offer(E element) {
    return queue.offer(element);
  }

  @Override
  public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
    Objects.requireNonNull(element, "element");
    long nanos = unit.toNanos(timeout);
    requireNotInterrupted();
    return queue.offer(element) || (nanos > 0 && offerWithin(element, nanos));
  }

  @Override
  public void put(E element) throws InterruptedException {
    while (!offer(element, Long.MAX_VALUE, TimeUnit.NANOSECONDS)) {
      // It has waited for centuries.
    }
  }

  private boolean offerWithin(E element, long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    long pause = FIRST_ROOM_NANOS;
    room.lockInterruptibly();
    try {
      waitingForRoom.incrementAndGet();
      VarHandle.fullFence();
      while (!queue.offer(element)) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        var _ = roomMade.awaitNanos(Math.min(left, pause));
        pause = Math.min(2 * pause, LAST_ROOM_NANOS);
      }
      return true;
    } finally {
      waitingForRoom.decrementAndGet();
      room.unlock();
    }
  }

  @Override
  public @Nullable E poll() {
    taking.lock();
    try {
      return takeAndCount();
    } finally {
      taking.unlock();
    }
  }

  private @Nullable E takeAndCount() {
    E element = queue.poll();
    if (element != null && told && ++takenInARow >= BUSY && waiter.get() == null) {
      told = false;
      parts.tellProducers(false);
    }
    return element;
  }

  @Override
  public @Nullable E poll(long timeout, TimeUnit unit) throws InterruptedException {
    long nanos = unit.toNanos(timeout);
    requireNotInterrupted();
    E element = poll();
    return element != null || nanos <= 0 ? element : pollWithin(nanos);
  }

  @Override
  public E take() throws InterruptedException {
    while (true) {
      E element = poll(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      if (element != null) {
        return element;
      }
    }
  }

  private @Nullable E pollWithin(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    if (!waiting.tryLock(nanos, TimeUnit.NANOSECONDS)) {
      return null;
    }
    try {
      for (int round = 0; round < SPINS; round++) {
        E element = poll();
        if (element != null) {
          return element;
        }
        Thread.onSpinWait();
      }
      while (true) {
        E element = pollOrEnter();
        long left = deadline - System.nanoTime();
        if (element != null || left <= 0) {
          return element;
        }
        requireNotInterrupted();
        LockSupport.parkNanos(
            this, parts.room() < parts.capacity() ? Math.min(left, UNFILLED_NANOS) : left);
      }
    } finally {
      waiter.set(null);
      waiting.unlock();
    }
  }

  /** Takes an element; before it looks for one, producers are told that the caller waits. */
  private @Nullable E pollOrEnter() {
    taking.lock();
    try {
      if (!told) {
        parts.tellProducers(true);
        parts.fence();
        told = true;
      }
      takenInARow = 0;
      waiter.set(Thread.currentThread());
      VarHandle.fullFence();
      return takeAndCount();
    } finally {
      taking.unlock();
    }
  }

  private static void requireNotInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  @Override
  public @Nullable E peek() {
    taking.lock();
    try {
      return queue.peek();
    } finally {
      taking.unlock();
    }
  }

  @Override
  public boolean remove(@Nullable Object object) {
    taking.lock();
    try {
      return queue.remove(object);
    } finally {
      taking.unlock();
    }
  }

  @Override
  public int drainTo(Collection<? super E> target) {
    return drainTo(target, Integer.MAX_VALUE);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // that very one is meant
  public int drainTo(Collection<? super E> target, int limit) {
    Objects.requireNonNull(target, "target");
    if (target == this || target == queue) {
      throw new IllegalArgumentException("a queue cannot be drained to itself");
    }
    if (limit <= 0) {
      return 0;
    }
    taking.lock();
    try {
      return queue.drain(target::add, limit);
    } finally {
      taking.unlock();
    }
  }

  @Override
  public int size() {
    return queue.size();
  }

  @Override
  public int remainingCapacity() {
    return parts.room();
  }

  @Override
  public Iterator<E> iterator() {
    Iterator<E> iterator = queue.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return iterator.hasNext();
      }

      @Override
      public E next() {
        return iterator.next();
      }

      @Override
      public void remove() {
        taking.lock();
        try {
          iterator.remove();
        } finally {
          taking.unlock();
        }
      }
    };
  }

  @Override
  public Spliterator<E> spliterator() {
    return queue.spliterator();
  }
}
