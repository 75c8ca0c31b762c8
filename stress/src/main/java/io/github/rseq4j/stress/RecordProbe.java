package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuRingBuffer;
import io.github.rseq4j.percpu.RecordClaim;
import io.github.rseq4j.percpu.RecordHandler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * A ring buffer, and numbered records for it of which every byte is known, so that a reader can
 * tell whether one is whole.
 *
 * <p>Sets of records are bit masks: record {@code n}, from 1 on, is bit {@code n - 1}.
 */
final class RecordProbe {
  /** No record. */
  static final int NONE = 0;

  /** What a read returns instead of a set if a record's type, length or bytes are wrong. */
  static final int TORN = -1;

  /** What a read returns instead of a set if it was given a record twice. */
  static final int TWICE = -2;

  /** What a wait returns instead of a set if the buffer is closed and nothing is left. */
  static final int END = -3;

  private static final long PATIENCE_SECONDS = 20;

  private static final int RING_BYTES = PerCpuRingBuffer.MIN_CAPACITY;

  /** As long as the ring allows, so that a record has time to be torn. */
  private static final int RECORD_BYTES = RING_BYTES / 4;

  /** How many records a CPU's ring has room for: their headers leave none for a fourth. */
  static final int CAPACITY = 3;

  /** Buffers that are empty: tests run millions of times, and each buffer is mapped memory. */
  private static final Queue<PerCpuRingBuffer> IDLE = new ConcurrentLinkedQueue<>();

  /**
   * Such buffers that overwrite. Only what is read is their content: the rest is of other tests.
   */
  private static final Queue<PerCpuRingBuffer> IDLE_OVERWRITING = new ConcurrentLinkedQueue<>();

  private final Queue<PerCpuRingBuffer> home;
  private final PerCpuRingBuffer buffer;

  /** Differs between tests, so that what an earlier one has left in the ring looks torn. */
  private final long seed = ThreadLocalRandom.current().nextLong();

  RecordProbe() {
    this(IDLE, PerCpuRingBuffer::new);
  }

  private RecordProbe(Queue<PerCpuRingBuffer> home, IntFunction<PerCpuRingBuffer> maker) {
    this.home = home;
    PerCpuRingBuffer idle = home.poll();
    this.buffer = idle == null ? maker.apply(RING_BYTES) : idle;
  }

  /** Makes one whose ring buffer overwrites. */
  static RecordProbe overwriting() {
    return new RecordProbe(IDLE_OVERWRITING, PerCpuRingBuffer::overwriting);
  }

  /** Returns the set that has a record alone. */
  static int set(int number) {
    return 1 << (number - 1);
  }

  PerCpuRingBuffer buffer() {
    return buffer;
  }

  /** Writes a record, and returns whether there was room for it. */
  boolean write(int number) {
    return buffer.write(number, MemorySegment.ofArray(words(number)));
  }

  /** Claims space for a record and fills it; the caller finishes the claim. */
  RecordClaim claim(int number) {
    RecordClaim claim = buffer.tryClaim(number, RECORD_BYTES);
    if (claim == null) {
      throw new IllegalStateException("no room for record " + number);
    }
    claim.segment().copyFrom(MemorySegment.ofArray(words(number)));
    return claim;
  }

  /** Reads what is there, and returns the set of it, or {@link #TORN} or {@link #TWICE}. */
  int read() {
    int[] set = {NONE};
    buffer.read(into(set), Integer.MAX_VALUE);
    return set[0];
  }

  /** Waits for records for some seconds, and returns the set of them, or {@link #END}. */
  int await() {
    int[] set = {NONE};
    try {
      int read = buffer.read(into(set), Integer.MAX_VALUE, PATIENCE_SECONDS, TimeUnit.SECONDS);
      return read < 0 ? END : set[0];
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private RecordHandler into(int[] set) {
    return (type, memory, offset, length) ->
        set[0] = with(set[0], type, memory.asSlice(offset, length));
  }

  /** Reads what is left, and lets another test have the buffer; this one is done with it. */
  int readLast() {
    int set = read();
    home.add(buffer);
    return set;
  }

  private int with(int set, int type, MemorySegment bytes) {
    if (set < NONE) {
      return set;
    }
    if (bytes.byteSize() != RECORD_BYTES
        || !Arrays.equals(bytes.toArray(ValueLayout.JAVA_LONG), words(type))) {
      return TORN;
    }
    return (set & set(type)) == NONE ? set | set(type) : TWICE;
  }

  private long[] words(int number) {
    long first = seed * number;
    long[] words = new long[RECORD_BYTES / Long.BYTES];
    Arrays.setAll(words, i -> first + i);
    return words;
  }
}
