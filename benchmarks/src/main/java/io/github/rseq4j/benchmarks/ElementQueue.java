package io.github.rseq4j.benchmarks;

import io.github.rseq4j.percpu.PerCpuQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A queue to which any thread offers, and from which one thread at a time takes.
 *
 * <p>Taking is by whatever the queue has for taking many at once.
 */
public interface ElementQueue {
  /** How many elements a chunk of an unbounded queue of arrays has. */
  int CHUNK = 1024;

  /** The queues that are measured. */
  enum Kind implements Contender {
    /** {@link PerCpuQueue}. */
    PER_CPU("PerCpuQueue", true),
    /** The same, by a {@link PerCpuQueue.Producer} for each thread, which keeps its order. */
    PER_CPU_PRODUCER("PerCpuQueue, a producer a thread", true),
    /** JCTools' bounded queue for many producers and one consumer. */
    MPSC_ARRAY("JCTools MpscArrayQueue", false),
    /** JCTools' unbounded one, of linked arrays. */
    MPSC_UNBOUNDED("JCTools MpscUnboundedArrayQueue", false),
    /** The JDK's queue without locks, which is never full. */
    LINKED("ConcurrentLinkedQueue", false),
    /** The JDK's bounded queue, of one lock. */
    ARRAY_BLOCKING("ArrayBlockingQueue", false),
    /** The JDK's queue of two locks. */
    LINKED_BLOCKING("LinkedBlockingQueue", false),
    /** No queue: what remains is the loop. */
    NOTHING("nothing", false);

    private final String label;
    private final boolean ours;

    Kind(String label, boolean ours) {
      this.label = label;
      this.ours = ours;
    }

    @Override
    public String label() {
      return label;
    }

    @Override
    public boolean ours() {
      return ours;
    }

    /**
     * Makes an empty queue.
     *
     * @param capacity how many elements it takes: each CPU's part, where there are several
     * @param reader receives what is taken
     */
    ElementQueue open(int capacity, Blackhole reader) {
      return switch (this) {
        case PER_CPU -> new PerCpu(capacity, reader);
        case PER_CPU_PRODUCER -> new PerCpuProducer(capacity, reader);
        case MPSC_ARRAY -> new Mpsc(new MpscArrayQueue<>(capacity), reader);
        case MPSC_UNBOUNDED -> new Mpsc(new MpscUnboundedArrayQueue<>(CHUNK), reader);
        case LINKED -> new Linked(reader);
        case ARRAY_BLOCKING -> new Blocking(new ArrayBlockingQueue<>(capacity), capacity, reader);
        case LINKED_BLOCKING -> new Blocking(new LinkedBlockingQueue<>(capacity), capacity, reader);
        case NOTHING -> new Nothing();
      };
    }
  }

  /** Returns what offers an element for one thread, and returns false if there is no room. */
  BooleanSupplier producer();

  /** Takes a number of elements at most; returns how many, and 0 only if there are none. */
  int take(int limit);

  /** The queue of this library. */
  final class PerCpu implements ElementQueue {
    private final PerCpuQueue<Object> queue;
    private final Blackhole reader;

    private PerCpu(int capacity, Blackhole reader) {
      this.queue = new PerCpuQueue<>(capacity);
      this.reader = reader;
    }

    @Override
    public BooleanSupplier producer() {
      Object element = new Object();
      return () -> queue.offer(element);
    }

    @Override
    public int take(int limit) {
      return queue.drain(reader::consume, limit);
    }
  }

  /** The same, by producers. */
  final class PerCpuProducer implements ElementQueue {
    private final PerCpuQueue<Object> queue;
    private final Blackhole reader;

    private PerCpuProducer(int capacity, Blackhole reader) {
      this.queue = new PerCpuQueue<>(capacity);
      this.reader = reader;
    }

    @Override
    public BooleanSupplier producer() {
      Object element = new Object();
      PerCpuQueue.Producer<Object> producer = queue.producer();
      return () -> producer.offer(element);
    }

    @Override
    public int take(int limit) {
      return queue.drain(reader::consume, limit);
    }
  }

  /** A queue of JCTools. */
  final class Mpsc implements ElementQueue {
    private final MessagePassingQueue<Object> queue;
    private final Blackhole reader;

    private Mpsc(MessagePassingQueue<Object> queue, Blackhole reader) {
      this.queue = queue;
      this.reader = reader;
    }

    @Override
    public BooleanSupplier producer() {
      Object element = new Object();
      return () -> queue.offer(element);
    }

    @Override
    public int take(int limit) {
      return queue.drain(reader::consume, limit);
    }
  }

  /** A queue that gives its elements one by one. */
  final class Linked implements ElementQueue {
    private final ConcurrentLinkedQueue<Object> queue = new ConcurrentLinkedQueue<>();
    private final Blackhole reader;

    private Linked(Blackhole reader) {
      this.reader = reader;
    }

    @Override
    public BooleanSupplier producer() {
      Object element = new Object();
      return () -> queue.offer(element);
    }

    @Override
    public int take(int limit) {
      int taken = 0;
      while (taken < limit) {
        Object element = queue.poll();
        if (element == null) {
          break;
        }
        reader.consume(element);
        taken++;
      }
      return taken;
    }
  }

  /** A queue that gives many to a collection, under its lock. */
  final class Blocking implements ElementQueue {
    private final BlockingQueue<Object> queue;
    private final List<Object> taken;
    private final Blackhole reader;

    private Blocking(BlockingQueue<Object> queue, int capacity, Blackhole reader) {
      this.queue = queue;
      this.taken = new ArrayList<>(capacity);
      this.reader = reader;
    }

    @Override
    public BooleanSupplier producer() {
      Object element = new Object();
      return () -> queue.offer(element);
    }

    @Override
    public int take(int limit) {
      int count = queue.drainTo(taken, limit);
      taken.forEach(reader::consume);
      taken.clear();
      return count;
    }
  }

  /** No queue. */
  final class Nothing implements ElementQueue {
    @Override
    public BooleanSupplier producer() {
      return () -> true;
    }

    @Override
    public int take(int limit) {
      return 0;
    }
  }
}
