package io.github.rseq4j.benchmarks;

import io.github.rseq4j.benchmarks.report.Role;
import io.github.rseq4j.percpu.PerCpuCounters;
import io.github.rseq4j.percpu.PerCpuHistogram;
import io.github.rseq4j.percpu.PerCpuLongAdder;
import io.github.rseq4j.percpu.PerCpuPool;
import io.github.rseq4j.percpu.PerCpuQueue;
import io.github.rseq4j.percpu.PerCpuRingBuffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jctools.queues.MpscArrayQueue;

/** What memory is measured of. */
enum MemoryKind {
  PER_CPU_LONG_ADDER(Family.COUNTER, "PerCpuLongAdder", Role.OURS) {
    @Override
    Object make(int size) {
      return new PerCpuLongAdder();
    }

    @Override
    void use(Object it) {
      ((PerCpuLongAdder) it).add(1);
    }
  },
  LONG_ADDER(Family.COUNTER, "LongAdder, after contention", Role.RIVAL) {
    @Override
    Object make(int size) {
      return new LongAdder();
    }
  },
  ATOMIC_LONG(Family.COUNTER, "AtomicLong", Role.RIVAL) {
    @Override
    Object make(int size) {
      return new AtomicLong();
    }

    @Override
    void use(Object it) {
      ((AtomicLong) it).incrementAndGet();
    }
  },

  PER_CPU_COUNTERS(Family.BANK, "PerCpuCounters", Role.OURS) {
    @Override
    Object make(int size) {
      return new PerCpuCounters(size);
    }

    @Override
    void use(Object it) {
      PerCpuCounters counters = (PerCpuCounters) it;
      for (int i = 0; i < counters.size(); i++) {
        counters.add(i, 1);
      }
    }
  },
  LONG_ADDERS(Family.BANK, "LongAdder[], after contention on each", Role.RIVAL) {
    @Override
    Object make(int size) {
      return Stream.generate(LongAdder::new).limit(size).toArray(LongAdder[]::new);
    }
  },
  ATOMIC_LONG_ARRAY(Family.BANK, "AtomicLongArray", Role.RIVAL) {
    @Override
    Object make(int size) {
      return new AtomicLongArray(size);
    }

    @Override
    void use(Object it) {
      ((AtomicLongArray) it).incrementAndGet(0);
    }
  },

  PER_CPU_HISTOGRAM(Family.HISTOGRAM, "PerCpuHistogram", Role.OURS) {
    @Override
    Object make(int size) {
      return PerCpuHistogram.ofRange(1, HIGHEST, DIGITS);
    }

    @Override
    void use(Object it) {
      for (long value = 1; value <= HIGHEST; value += 1 + value / FINENESS) {
        ((PerCpuHistogram) it).record(value);
      }
    }
  },
  RECORDER(Family.HISTOGRAM, "HdrHistogram Recorder, after an interval", Role.RIVAL) {
    @Override
    Object make(int size) {
      Recorder recorder = new Recorder(1, HIGHEST, DIGITS);
      recorder.recordValue(1);
      if (recorder.getIntervalHistogram().getTotalCount() != 1) {
        throw new IllegalStateException();
      }
      return recorder;
    }

    @Override
    void use(Object it) {
      ((Recorder) it).recordValue(HIGHEST);
    }
  },
  CONCURRENT_HISTOGRAM(Family.HISTOGRAM, "HdrHistogram ConcurrentHistogram", Role.RIVAL) {
    @Override
    Object make(int size) {
      return new ConcurrentHistogram(1, HIGHEST, DIGITS);
    }

    @Override
    void use(Object it) {
      ((Histogram) it).recordValue(HIGHEST);
    }
  },
  ATOMIC_HISTOGRAM(Family.HISTOGRAM, "HdrHistogram AtomicHistogram", Role.RIVAL) {
    @Override
    Object make(int size) {
      return new AtomicHistogram(1, HIGHEST, DIGITS);
    }

    @Override
    void use(Object it) {
      ((Histogram) it).recordValue(HIGHEST);
    }
  },

  PER_CPU_RING_BUFFER(Family.RING, "PerCpuRingBuffer", Role.OURS) {
    @Override
    Object make(int size) {
      return new PerCpuRingBuffer(RING_BYTES);
    }

    @Override
    void use(Object it) {
      PerCpuRingBuffer ring = (PerCpuRingBuffer) it;
      exhaust(() -> ring.write(1, RECORD));
    }
  },
  AGRONA_RING_BUFFER(Family.RING, "Agrona ManyToOneRingBuffer", Role.RIVAL) {
    @Override
    Object make(int size) {
      return new ManyToOneRingBuffer(
          new UnsafeBuffer(
              ByteBuffer.allocateDirect(RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    }

    @Override
    void use(Object it) {
      ManyToOneRingBuffer ring = (ManyToOneRingBuffer) it;
      exhaust(() -> ring.write(1, new UnsafeBuffer(RECORD), 0, RECORD.length));
    }
  },

  PER_CPU_QUEUE(Family.QUEUE, "PerCpuQueue", Role.OURS) {
    @Override
    Object make(int size) {
      return new PerCpuQueue<>(ELEMENTS);
    }

    @Override
    void use(Object it) {
      fill(it);
    }
  },
  MPSC_ARRAY_QUEUE(Family.QUEUE, "JCTools MpscArrayQueue", Role.RIVAL) {
    @Override
    Object make(int size) {
      return new MpscArrayQueue<>(ELEMENTS);
    }

    @Override
    void use(Object it) {
      fill(it);
    }
  },
  ARRAY_BLOCKING_QUEUE(Family.QUEUE, "ArrayBlockingQueue", Role.RIVAL) {
    @Override
    Object make(int size) {
      return new ArrayBlockingQueue<>(ELEMENTS);
    }

    @Override
    void use(Object it) {
      fill(it);
    }
  },

  PER_CPU_POOL(Family.POOL, "PerCpuPool", Role.OURS) {
    @Override
    Object make(int size) {
      return PerCpuPool.builder(ITEMS, Object::new).build();
    }

    @Override
    void use(Object it) {
      borrowAll((PerCpuPool<?>) it);
    }

    private <T> void borrowAll(PerCpuPool<T> pool) {
      List<T> items = Stream.generate(pool::acquire).limit(ITEMS).toList();
      items.forEach(pool::release);
    }
  },
  DEQUE(Family.POOL, "ConcurrentLinkedDeque", Role.RIVAL) {
    @Override
    Object make(int size) {
      return new ConcurrentLinkedDeque<>(Stream.generate(Object::new).limit(ITEMS).toList());
    }
  },
  ARRAY_BLOCKING_POOL(Family.POOL, "ArrayBlockingQueue", Role.RIVAL) {
    @Override
    Object make(int size) {
      return new ArrayBlockingQueue<>(
          ITEMS, false, Stream.generate(Object::new).limit(ITEMS).toList());
    }
  };

  private static final long HIGHEST = 1L << 40;
  private static final int DIGITS = 3;

  /** The next value is by this part higher than the one before: several to a page of counts. */
  private static final int FINENESS = 64;

  private static final int RING_BYTES = 1 << 16;
  private static final byte[] RECORD = new byte[32];
  private static final int ELEMENTS = 1024;
  private static final Object ELEMENT = new Object();
  private static final int ITEMS = 1024;

  /** How many adders are brought to contention; more would only take longer. */
  private static final int MOST_CONTENDED = 200;

  private static final int PAGE = 4096;
  private static final int ENOUGH_BYTES = 1 << 24;
  private static final int MOST_COPIES = 1 << 17;

  /** Things that are used for the same. */
  enum Family {
    COUNTER("a counter", 0),
    BANK("a bank of counters", PAGE),
    HISTOGRAM("a histogram of 1 to 2^40 to 3 digits, with values of the whole range", 1 << 19),
    RING("a ring buffer of 64 KiB; ours has as much for each CPU", 1 << 17),
    QUEUE("a queue for 1,024 elements, filled up", 1 << 14),
    POOL("a pool of 1,024 items, which are of 16 bytes", 1 << 16);

    private final String description;
    private final int bytes;

    Family(String description, int bytes) {
      this.description = description;
      this.bytes = bytes;
    }

    String description() {
      return description;
    }

    /** Returns the sizes that are measured, where there are several. */
    List<Integer> sizes(boolean quick) {
      return quick ? List.of(1, 10_000, 1_000_000) : List.of(1, 10, 100, 1_000, 10_000, 1_000_000);
    }
  }

  private final Family family;
  private final String label;
  private final Role role;

  MemoryKind(Family family, String label, Role role) {
    this.family = family;
    this.label = label;
    this.role = role;
  }

  /** Makes one. */
  abstract Object make(int size);

  /** Uses one so that it has all its memory of the CPU at hand, if it has not already. */
  void use(Object it) {}

  @SuppressWarnings("unchecked") // nobody looks at the elements
  static void fill(Object queue) {
    exhaust(() -> ((Queue<Object>) queue).offer(ELEMENT));
  }

  static void exhaust(BooleanSupplier use) {
    boolean more = true;
    while (more) {
      more = use.getAsBoolean();
    }
  }

  Family family() {
    return family;
  }

  String label() {
    return label;
  }

  Role role() {
    return role;
  }

  /** Returns whether part of it lies outside of the heap. */
  boolean mapped() {
    return role == Role.OURS || this == AGRONA_RING_BUFFER;
  }

  /** Returns whether it grows only by contention. */
  boolean contended() {
    return this == LONG_ADDER || this == LONG_ADDERS;
  }

  /** Returns the adders that are the objects, or that these are arrays of. */
  List<LongAdder> adders(Object[] objects) {
    return Arrays.stream(objects)
        .flatMap(each -> each instanceof LongAdder[] array ? Arrays.stream(array) : Stream.of(each))
        .map(LongAdder.class::cast)
        .toList();
  }

  /** Returns what size stands for a given one: of adders by the million, each takes the same. */
  int measuredSize(int size) {
    return contended() ? Math.min(size, MOST_CONTENDED) : size;
  }

  /** Returns how many of them are needed to tell what one takes. */
  int copies(int size) {
    if (contended()) {
      return Math.max(2, MOST_CONTENDED / size);
    }
    return Math.clamp(ENOUGH_BYTES / (family.bytes + 8L * size), 2, MOST_COPIES);
  }
}
