package io.github.rseq4j.cli;

import io.github.rseq4j.percpu.PerCpuQueue;
import io.github.rseq4j.percpu.PerCpuRingBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;

/**
 * A way for records from many threads to one.
 *
 * <p>Ring and queues have the same loop each to itself, as in {@link ByteCounter}; two kinds of
 * queue in one loop are not too many for the compiler.
 */
sealed interface RecordChannel {
  /** Writes the records of a block. Where there is no room it waits and tries again. */
  void write(Block block, Writer writer);

  /**
   * Reads some records.
   *
   * @return how many, 0 if there is none
   */
  int read(RecordFold fold);

  /** Returns how many times a record was discarded, as far as the channel keeps count. */
  long discarded();

  /** How many records the reader takes at once. */
  int READ_LIMIT = 1024;

  /** What one writing thread goes through. */
  final class Writer {
    private final Drain reader;
    private long refusals;
    private long waitedNanos;

    Writer(Drain reader) {
      this.reader = reader;
    }

    /** Waits for the reader to make room. */
    void awaitRoom() {
      long start = System.nanoTime();
      refusals++;
      reader.awaitRoom();
      waitedNanos += System.nanoTime() - start;
    }

    /** Returns how many times there was no room. */
    long refusals() {
      return refusals;
    }

    /** Returns how long it has waited for room. */
    long waitedNanos() {
      return waitedNanos;
    }
  }

  /** A ring buffer for each CPU. */
  record Ring(PerCpuRingBuffer ring) implements RecordChannel {
    /** Bytes for each CPU. */
    static final int CAPACITY = 1 << 20;

    Ring() {
      this(new PerCpuRingBuffer(CAPACITY));
    }

    @Override
    public void write(Block block, Writer writer) {
      byte[] bytes = block.bytes();
      for (int i = 0; i < block.records(); i++) {
        int start = block.start(i);
        while (!ring.write(block.type(i), bytes, start, block.end(i) - start)) {
          writer.awaitRoom();
        }
      }
    }

    @Override
    public int read(RecordFold fold) {
      return ring.read(fold, READ_LIMIT);
    }

    @Override
    public long discarded() {
      return ring.lost();
    }
  }

  /** A queue of objects. */
  final class Queue implements RecordChannel {
    /** Records; of a queue with parts, for each of them. */
    static final int CAPACITY = 1 << 14;

    private final java.util.Queue<Item> queue;
    private final Taker taker;

    private static final class Item {
      private final int type;
      private final byte[] bytes;

      Item(int type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
      }
    }

    /** How items are taken from a queue. */
    private interface Taker {
      int take(Consumer<Item> consumer, int limit);
    }

    private Queue(java.util.Queue<Item> queue, Taker taker) {
      this.queue = queue;
      this.taker = taker;
    }

    /** Makes one that has a part for each CPU. */
    static Queue perCpu() {
      PerCpuQueue<Item> queue = new PerCpuQueue<>(CAPACITY);
      return new Queue(queue, queue::drain);
    }

    /** Makes one of the JDK's. */
    static Queue ofJdk() {
      ArrayBlockingQueue<Item> queue = new ArrayBlockingQueue<>(CAPACITY);
      List<Item> batch = new ArrayList<>(READ_LIMIT);
      return new Queue(
          queue,
          (consumer, limit) -> {
            int taken = queue.drainTo(batch, limit);
            batch.forEach(consumer);
            batch.clear();
            return taken;
          });
    }

    @Override
    public void write(Block block, Writer writer) {
      byte[] bytes = block.bytes();
      for (int i = 0; i < block.records(); i++) {
        byte[] copy = Arrays.copyOfRange(bytes, block.start(i), block.end(i));
        Item item = new Item(block.type(i), copy);
        while (!queue.offer(item)) {
          writer.awaitRoom();
        }
      }
    }

    @Override
    public int read(RecordFold fold) {
      return taker.take(item -> fold.add(item.type, item.bytes, 0, item.bytes.length), READ_LIMIT);
    }

    @Override
    public long discarded() {
      return 0;
    }
  }
}
