package io.github.rseq4j.cli;

import io.github.rseq4j.percpu.PerCpuRingBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * A way for records from many threads to one.
 *
 * <p>Each contender has the same loop to itself, as in {@link ByteCounter}.
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

  /** A queue of the JDK's, of objects. */
  final class Queue implements RecordChannel {
    /** Records. */
    static final int CAPACITY = 1 << 14;

    private final ArrayBlockingQueue<Item> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final List<Item> batch = new ArrayList<>(READ_LIMIT);

    private static final class Item {
      private final int type;
      private final byte[] bytes;

      Item(int type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
      }
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
      int read = queue.drainTo(batch, READ_LIMIT);
      for (Item item : batch) {
        fold.add(item.type, item.bytes, 0, item.bytes.length);
      }
      batch.clear();
      return read;
    }

    @Override
    public long discarded() {
      return 0;
    }
  }
}
