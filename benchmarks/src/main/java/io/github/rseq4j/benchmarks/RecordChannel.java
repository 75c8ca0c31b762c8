package io.github.rseq4j.benchmarks;

import io.github.rseq4j.percpu.PerCpuRingBuffer;
import io.github.rseq4j.percpu.RecordHandler;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A way for threads to hand records to one reader: {@link PerCpuRingBuffer}, or what is used in its
 * place.
 *
 * <p>Each is used as it is meant to be. The rings copy a record's bytes from where the writer has
 * them, and let the reader look at them in place. A queue passes references, and the writer goes on
 * to use its array for the next record: so each record is a copy of its own.
 */
public sealed interface RecordChannel {
  /** The bytes of each ring: of each CPU's, where there are several. */
  int CAPACITY = 1 << 20;

  /** The channels that are measured. */
  enum Kind implements Contender {
    /** {@link PerCpuRingBuffer}. */
    PER_CPU("PerCpuRingBuffer"),
    /** {@link ManyToOneRingBuffer}. */
    AGRONA("Agrona ManyToOneRingBuffer"),
    /** {@link ArrayBlockingQueue} of copies, with room for as many records as a ring. */
    ARRAY_QUEUE("ArrayBlockingQueue of copies"),
    /** {@link ConcurrentLinkedQueue} of copies, which is never full. */
    LINKED_QUEUE("ConcurrentLinkedQueue of copies");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    @Override
    public String label() {
      return label;
    }

    @Override
    public boolean ours() {
      return this == PER_CPU;
    }

    /**
     * Makes an empty channel.
     *
     * @param recordBytes how long its records will be
     * @param reader receives the first byte of each record that is read
     */
    RecordChannel open(int recordBytes, Blackhole reader) {
      return switch (this) {
        case PER_CPU -> new PerCpu(reader);
        case AGRONA -> new Agrona(reader);
        case ARRAY_QUEUE -> {
          int records = CAPACITY / (Long.BYTES + recordBytes);
          yield new Jdk(new ArrayBlockingQueue<>(records), reader);
        }
        case LINKED_QUEUE -> new Jdk(new ConcurrentLinkedQueue<>(), reader);
      };
    }
  }

  /**
   * Returns what writes a record for one thread, and returns false if there is no room for it.
   *
   * @param record where the thread has the bytes of its records
   */
  BooleanSupplier writer(byte[] record);

  /**
   * Reads records.
   *
   * @param limit how many at most
   * @return how many were read, which may be fewer although there are more; 0 if there are none
   */
  int read(int limit);

  /** Reads all that is there. */
  default void drain() {
    int read;
    do {
      read = read(Integer.MAX_VALUE);
    } while (read > 0);
  }

  /** Lets other threads run: there may be more than CPUs, and the caller waits for one of them. */
  @SuppressWarnings("ThreadPriorityCheck") // is what is needed
  static void giveWay() {
    Thread.yield();
  }

  /** The ring of this library. */
  final class PerCpu implements RecordChannel {
    private static final int TYPE = 1;

    private final PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
    private final RecordHandler handler;

    private PerCpu(Blackhole reader) {
      Environment.check();
      handler = (_, buffer, offset, _) -> reader.consume(buffer.get(ValueLayout.JAVA_BYTE, offset));
    }

    @Override
    public BooleanSupplier writer(byte[] record) {
      return () -> ring.write(TYPE, record);
    }

    @Override
    public int read(int limit) {
      return ring.read(handler, limit);
    }
  }

  /** Agrona's ring for many writers. */
  final class Agrona implements RecordChannel {
    private static final int TYPE = 1;

    private final ManyToOneRingBuffer ring =
        new ManyToOneRingBuffer(
            new UnsafeBuffer(
                ByteBuffer.allocateDirect(CAPACITY + RingBufferDescriptor.TRAILER_LENGTH)));
    private final MessageHandler handler;

    private Agrona(Blackhole reader) {
      handler = (_, buffer, index, _) -> reader.consume(buffer.getByte(index));
    }

    @Override
    public BooleanSupplier writer(byte[] record) {
      UnsafeBuffer source = new UnsafeBuffer(record);
      return () -> ring.write(TYPE, source, 0, source.capacity());
    }

    @Override
    public int read(int limit) {
      int read = ring.read(handler, limit);
      // It reads up to the end of its memory, where there may be padding only.
      return read > 0 ? read : ring.read(handler, limit);
    }
  }

  /** A queue of the JDK. */
  final class Jdk implements RecordChannel {
    private final Queue<byte[]> queue;
    private final Blackhole reader;

    private Jdk(Queue<byte[]> queue, Blackhole reader) {
      this.queue = queue;
      this.reader = reader;
    }

    @Override
    public BooleanSupplier writer(byte[] record) {
      return () -> queue.offer(record.clone());
    }

    @Override
    public int read(int limit) {
      int read = 0;
      while (read < limit) {
        byte[] record = queue.poll();
        if (record == null) {
          break;
        }
        reader.consume(record[0]);
        read++;
      }
      return read;
    }
  }
}
