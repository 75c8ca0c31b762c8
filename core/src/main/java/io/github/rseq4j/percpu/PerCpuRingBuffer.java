package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A ring buffer for each CPU, into which any thread writes records of bytes with a type id, and one
 * thread at a time reads all of them.
 *
 * <p>A record is written in one restartable sequence: it is there completely or not at all. Records
 * written on one CPU are read in the order in which they were written; between CPUs there is no
 * order, but see {@link #readMerged}. When a CPU's ring is full the record is discarded and counted
 * as lost.
 *
 * <p>A buffer that is made by {@link #overwriting} is a flight recorder instead: a record takes the
 * place of the oldest ones of its CPU, which are counted as lost, and {@link #snapshot} shows the
 * newest at any time. Neither it nor the reader ever sees a part of a record.
 *
 * <p>It takes 1.25 times its capacity for each possible CPU and for one more, of which a page
 * becomes memory when it is first touched. A reader or snapshot of a flight recorder takes as much
 * of the heap for each ring in which it finds records.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code write}<td>this CPU's ring<td>release: what happened before it is visible to the
 *     reader of the record<td>starts again, unnoticed<td>no, up to 4096 bytes; above that a
 *     claim<td>under a lock; may allocate some dozen bytes
 * <tr><td>{@code tryClaim}<td>this CPU's ring<td>release at {@code commit}<td>starts again,
 *     unnoticed<td>the claim<td>under a lock
 * <tr><td>{@code read}, {@code readMerged}<td>every CPU's ring<td>acquire; of a flight recorder, a
 *     fence<td>-<td>no; of a flight recorder, once a copy of each ring<td>the same
 * <tr><td>{@code read} that waits<td>every CPU's ring<td>acquire; a fence as the wait
 *     begins<td>aborts writes that are under way<td>no<td>by the locks
 * <tr><td>{@code snapshot}, {@code statistics}, {@code lost}, {@code toString}<td>every CPU's ring,
 *     without writing<td>acquire; of a flight recorder, a fence<td>-<td>the copy, the list; {@code
 *     lost} only of a flight recorder<td>the same
 * <tr><td>{@code close}<td>every CPU's ring<td>a fence: no write that began before succeeds
 *     after<td>aborts writes that are under way<td>no<td>by the locks
 * </table>
 */
public final class PerCpuRingBuffer implements AutoCloseable {
  /** The smallest capacity, in bytes. */
  public static final int MIN_CAPACITY = 1 << 12;

  /** The largest capacity, in bytes. */
  public static final int MAX_CAPACITY = 1 << 30;

  private final int capacity;
  private final Rings rings;
  private final RingReader reader;

  /**
   * Makes a buffer that discards what it has no room for.
   *
   * @param capacity bytes for each CPU, records' headers of 8 bytes included: a power of two,
   *     {@value #MIN_CAPACITY} to {@value #MAX_CAPACITY}
   * @throws IllegalArgumentException if the capacity is not such
   * @throws OutOfMemoryError if there is not enough address space
   */
  public PerCpuRingBuffer(int capacity) {
    this(capacity, new DiscardingRings(requireCapacity(capacity)));
  }

  private PerCpuRingBuffer(int capacity, Rings rings) {
    this.capacity = capacity;
    this.rings = rings;
    this.reader = new RingReader(rings);
  }

  /**
   * Makes a buffer that overwrites the oldest records, read or not: a flight recorder. Its records
   * are at most 4096 bytes long, and there are no claims.
   *
   * @param capacity bytes for each CPU, records' headers of 16 bytes and one more header included:
   *     a power of two, {@value #MIN_CAPACITY} to {@value #MAX_CAPACITY}
   * @throws IllegalArgumentException if the capacity is not such
   * @throws OutOfMemoryError if there is not enough address space
   */
  public static PerCpuRingBuffer overwriting(int capacity) {
    return new PerCpuRingBuffer(capacity, new OverwritingRings(requireCapacity(capacity)));
  }

  private static int requireCapacity(int capacity) {
    if (capacity < MIN_CAPACITY || capacity > MAX_CAPACITY || Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException(
          "capacity %d is not a power of two in %d..%d"
              .formatted(capacity, MIN_CAPACITY, MAX_CAPACITY));
    }
    return capacity;
  }

  /** Returns the bytes for each CPU. */
  public int capacity() {
    return capacity;
  }

  /**
   * Returns the length of the longest record, in bytes: a quarter of the capacity, in a flight
   * recorder at most 4096.
   */
  public int maxLength() {
    return rings.maxLength();
  }

  /**
   * Writes a record.
   *
   * @param type the type id, any number
   * @param source its bytes
   * @return whether it was written; if not, it was counted as lost because this CPU's ring is full,
   *     which a flight recorder's never is
   * @throws IllegalArgumentException if the record is longer than {@link #maxLength()}
   * @throws IllegalStateException if the buffer is closed
   */
  public boolean write(int type, byte[] source) {
    return write(type, MemorySegment.ofArray(source));
  }

  /**
   * Writes a record.
   *
   * @param type the type id, any number
   * @param source holds its bytes
   * @param offset where they begin
   * @param length how many there are
   * @return whether it was written; if not, it was counted as lost because this CPU's ring is full
   * @throws IndexOutOfBoundsException if the bytes are not inside the array
   * @throws IllegalArgumentException if the record is longer than {@link #maxLength()}
   * @throws IllegalStateException if the buffer is closed
   */
  public boolean write(int type, byte[] source, int offset, int length) {
    return write(type, MemorySegment.ofArray(source).asSlice(offset, length));
  }

  /**
   * Writes a record.
   *
   * @param type the type id, any number
   * @param source its bytes are those between position and limit, neither of which is changed
   * @return whether it was written; if not, it was counted as lost because this CPU's ring is full
   * @throws IllegalArgumentException if the record is longer than {@link #maxLength()}
   * @throws IllegalStateException if the buffer is closed
   */
  public boolean write(int type, ByteBuffer source) {
    return source.hasArray()
        ? write(type, source.array(), source.arrayOffset() + source.position(), source.remaining())
        : write(type, MemorySegment.ofBuffer(source));
  }

  /**
   * Writes a record.
   *
   * @param type the type id, any number
   * @param source its bytes
   * @return whether it was written; if not, it was counted as lost because this CPU's ring is full
   * @throws IllegalArgumentException if the record is longer than {@link #maxLength()}
   * @throws IllegalStateException if the buffer is closed, or the segment's memory is no more
   * @throws WrongThreadException if the segment is confined to another thread
   * @throws InternalError if the segment is a mapped file that is shorter by now
   */
  public boolean write(int type, MemorySegment source) {
    return rings.write(type, checkLength(source.byteSize()), source);
  }

  /**
   * Reserves space for a record, which its owner fills and then commits.
   *
   * <p>Until it is committed or aborted, records that are written later on the same CPU are not
   * read: a claim that is forgotten blocks that CPU's ring for ever. It is for records longer than
   * 4096 bytes, or made piece by piece; any thread may commit it.
   *
   * @param type the type id, any number
   * @param length how many bytes
   * @return the claim; null if the record was counted as lost because this CPU's ring is full
   * @throws IllegalArgumentException if the length is not in 0..{@link #maxLength()}
   * @throws IllegalStateException if the buffer is closed
   * @throws UnsupportedOperationException if it is a flight recorder
   */
  public @Nullable RecordClaim tryClaim(int type, int length) {
    return rings.tryClaim(type, checkLength(length));
  }

  /**
   * Reads records, those of each CPU in order, and gives their space back.
   *
   * <p>If the handler throws, what it has thrown is thrown on; the records before are consumed, and
   * the one at hand and all others stay. It also reads what is left after {@link #close}.
   *
   * @param handler receives the records
   * @param limit how many to read at most, at least 1
   * @return how many were read; fewer than the limit means that no more were there that are
   *     complete and not behind an open claim
   * @throws IllegalArgumentException if the limit is below 1
   * @throws IllegalStateException if a read is under way, in another thread or around this call
   */
  public int read(RecordHandler handler, int limit) {
    return reader.read(handler, limit);
  }

  /**
   * Reads records as {@link #read(RecordHandler, int)} does, and waits for one if there is none.
   *
   * <p>Beginning to wait makes every write that is under way start again; while nobody waits,
   * writers do not look out for a reader. No other thread can read meanwhile.
   *
   * @param handler receives the records
   * @param limit how many to read at most, at least 1
   * @param timeout how long to wait at most, not at all if not above 0
   * @param unit the unit of {@code timeout}
   * @return how many were read; 0 if the time is over, or -1 if the buffer is closed and everything
   *     that was written has been read, no claim being open
   * @throws InterruptedException if the thread was or is interrupted before there is a record
   * @throws IllegalArgumentException if the limit is below 1
   * @throws IllegalStateException if a read is under way, in another thread or around this call, or
   *     the process has been denied {@code membarrier} since it started
   */
  public int read(RecordHandler handler, int limit, long timeout, TimeUnit unit)
      throws InterruptedException {
    return reader.read(handler, limit, timeout, unit);
  }

  /**
   * Reads records as {@link #read(RecordHandler, int)} does, in the order of timestamps, which the
   * writers take: the first 8 bytes of each record, in the order of bytes of this machine. A record
   * that has fewer comes as soon as it is the first of its CPU.
   *
   * <p>Always the record with the lowest timestamp comes next of those that are the first of their
   * CPUs. So what was written before the call began comes in the order of timestamps if those on
   * each CPU rise; a writer that is interrupted between taking the timestamp and writing may leave
   * one on its CPU that is lower than that before it. A record that is written later, or is behind
   * an open claim, comes with a later call, and may be older than some that came before.
   *
   * @param handler receives the records
   * @param limit how many to read at most, at least 1
   * @return how many were read; fewer than the limit means that no more were there that are
   *     complete and not behind an open claim
   * @throws IllegalArgumentException if the limit is below 1
   * @throws IllegalStateException if a read is under way, in another thread or around this call
   */
  public int readMerged(RecordHandler handler, int limit) {
    return reader.readMerged(handler, limit);
  }

  /**
   * Shows the records of a flight recorder, those of each CPU in order, and leaves them there.
   *
   * <p>They are copied first, so that they are what was there about when the snapshot began,
   * however long the handler takes: every record whose write had returned, unless it was
   * overwritten before it was copied. Any number of threads may take snapshots, beside writers and
   * a reader.
   *
   * @param handler receives the records; if it throws, that ends the snapshot
   * @return how many records there were
   * @throws UnsupportedOperationException if it is no flight recorder
   * @throws IllegalStateException if the process has been denied {@code membarrier} since it
   *     started
   */
  public long snapshot(RecordHandler handler) {
    Objects.requireNonNull(handler, "handler");
    long shown = 0;
    for (RingCursor cursor : rings.snapshot()) {
      shown += cursor.read(handler, Integer.MAX_VALUE);
    }
    return shown;
  }

  /**
   * Returns how many records were discarded because a ring was full; of a flight recorder, how many
   * were overwritten.
   *
   * @throws IllegalStateException if it is a flight recorder and the process has been denied {@code
   *     membarrier} since it started
   */
  public long lost() {
    return rings.lost();
  }

  /**
   * Returns the statistics of each CPU's ring. Of a ring that discards, this goes through the
   * records that are not read yet.
   *
   * @throws IllegalStateException if a claim was written after its commit, or the process has been
   *     denied {@code membarrier} since it started
   */
  public List<RingStatistics> statistics() {
    return rings.statistics();
  }

  /**
   * Returns the capacity, and the sums of the {@link #statistics}.
   *
   * @throws IllegalStateException as {@link #statistics}
   */
  @Override
  public String toString() {
    List<RingStatistics> all = statistics();
    return "PerCpuRingBuffer[rings=%d, capacity=%d, written=%d, lost=%d, missed=%d, fill=%d]"
        .formatted(
            all.size(),
            capacity,
            sum(all, RingStatistics::written),
            sum(all, RingStatistics::lost),
            sum(all, RingStatistics::missed),
            sum(all, RingStatistics::fill));
  }

  private static long sum(List<RingStatistics> rings, ToLongFunction<RingStatistics> number) {
    return rings.stream().mapToLong(number).sum();
  }

  /**
   * Ends writing. When this returns, no write or claim will succeed any more; what was written can
   * still be read, and open claims be committed. Closing again does nothing.
   *
   * @throws IllegalStateException if the process has been denied {@code membarrier} since it
   *     started: a write that is under way may still succeed
   */
  @Override
  public void close() {
    rings.reader().close();
  }

  Region region() {
    return rings.region();
  }

  private int checkLength(long length) {
    if (length < 0 || length > maxLength()) {
      throw new IllegalArgumentException(
          "record of %d bytes is not in 0..%d".formatted(length, maxLength()));
    }
    return (int) length;
  }
}
