package io.github.rseq4j.benchmarks;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.EventTranslatorOneArg;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import io.github.rseq4j.percpu.PerCpuRingBuffer;
import io.github.rseq4j.percpu.RecordHandler;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * A way for threads to hand records to one reader: {@link PerCpuRingBuffer}, or what is used in its
 * place.
 *
 * <p>Each is used as it is meant to be. The rings copy a record's bytes from where the writer has
 * them, and let the reader look at them in place. A queue passes references, and the writer goes on
 * to use its array for the next record: so each record is a copy of its own.
 *
 * <p>Chronicle's ring buffer is not among them, because it is not published where anyone may take
 * it; what is, Chronicle Queue, keeps its records in files.
 */
public sealed interface RecordChannel {
  /** What can be measured. */
  enum Kind implements Contender {
    /** {@link PerCpuRingBuffer}. */
    PER_CPU("PerCpuRingBuffer"),
    /** {@link ManyToOneRingBuffer} on memory outside of the heap. */
    AGRONA("Agrona ManyToOneRingBuffer"),
    /** {@link RingBuffer} for many producers, of events made beforehand, which a poller reads. */
    DISRUPTOR("Disruptor, multi-producer"),
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
     * @param recordBytes how long its records will be, a power of two, at least 8
     * @param reader receives the first 8 bytes of each record that is read
     */
    RecordChannel open(int recordBytes, LongConsumer reader) {
      // Of each ring: of each CPU's, where there are several.
      int capacity = Math.max(1 << 20, ChannelBenchmark.RECORDS * recordBytes);
      return switch (this) {
        case PER_CPU -> new PerCpu(capacity, reader);
        case AGRONA -> new Agrona(capacity, reader);
        case DISRUPTOR ->
            new Disruptor(Integer.highestOneBit(capacity / recordBytes), recordBytes, reader);
        case ARRAY_QUEUE ->
            new Jdk(new ArrayBlockingQueue<>(capacity / (Long.BYTES + recordBytes)), reader);
        case LINKED_QUEUE -> new Jdk(new ConcurrentLinkedQueue<>(), reader);
      };
    }
  }

  /** Looks at the first 8 bytes of an array. */
  VarHandle FIRST = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

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

  /** The ring of this library. */
  final class PerCpu implements RecordChannel {
    private static final int TYPE = 1;

    private final PerCpuRingBuffer ring;
    private final RecordHandler handler;

    private PerCpu(int capacity, LongConsumer reader) {
      ring = new PerCpuRingBuffer(capacity);
      handler =
          (_, buffer, offset, _) ->
              reader.accept(buffer.get(ValueLayout.JAVA_LONG_UNALIGNED, offset));
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

    private final ManyToOneRingBuffer ring;
    private final MessageHandler handler;

    private Agrona(int capacity, LongConsumer reader) {
      ring =
          new ManyToOneRingBuffer(
              new UnsafeBuffer(
                  ByteBuffer.allocateDirect(capacity + RingBufferDescriptor.TRAILER_LENGTH)));
      handler = (_, buffer, index, _) -> reader.accept(buffer.getLong(index));
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

  /** The Disruptor, whose events are arrays. */
  final class Disruptor implements RecordChannel {
    private static final EventTranslatorOneArg<byte[], byte[]> COPY =
        (event, _, record) -> System.arraycopy(record, 0, event, 0, record.length);

    private final RingBuffer<byte[]> ring;
    private final EventPoller<byte[]> poller;
    private final EventPoller.Handler<byte[]> handler;
    private int left;

    private Disruptor(int records, int recordBytes, LongConsumer reader) {
      ring =
          RingBuffer.createMultiProducer(
              () -> new byte[recordBytes], records, new YieldingWaitStrategy());
      poller = ring.newPoller();
      ring.addGatingSequences(poller.getSequence());
      handler =
          (event, _, _) -> {
            reader.accept((long) FIRST.get(event, 0));
            left--;
            return left > 0;
          };
    }

    @Override
    public BooleanSupplier writer(byte[] record) {
      return () -> ring.tryPublishEvent(COPY, record);
    }

    @Override
    public int read(int limit) {
      left = limit;
      try {
        poller.poll(handler);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return limit - left;
    }
  }

  /** A queue of the JDK. */
  final class Jdk implements RecordChannel {
    private final Queue<byte[]> queue;
    private final LongConsumer reader;

    private Jdk(Queue<byte[]> queue, LongConsumer reader) {
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
        reader.accept((long) FIRST.get(record, 0));
        read++;
      }
      return read;
    }
  }
}
