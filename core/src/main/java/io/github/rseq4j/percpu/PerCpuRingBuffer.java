package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A ring buffer for each CPU, into which any thread writes records of bytes with a type id, and one
 * thread at a time reads all of them.
 *
 * <p>A record is written in one restartable sequence: it is there completely or not at all. Records
 * written on one CPU are read in the order in which they were written; between CPUs there is no
 * order. When a CPU's ring is full the record is discarded and counted as lost.
 *
 * <p>It takes 1.25 times its capacity for each possible CPU and for one more, of which a page
 * becomes memory when it is first touched.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code write}<td>this CPU's ring<td>release: what happened before it is visible to the
 *     reader of the record<td>starts again, unnoticed<td>no, up to 4096 bytes; above that a
 *     claim<td>under a lock
 * <tr><td>{@code tryClaim}<td>this CPU's ring<td>release at {@code commit}<td>starts again,
 *     unnoticed<td>the claim<td>under a lock
 * <tr><td>{@code read}<td>every CPU's ring<td>acquire<td>-<td>no<td>the same
 * <tr><td>{@code close}<td>every CPU's ring<td>a fence: no write that began before succeeds
 *     after<td>aborts writes that are under way<td>no<td>by the locks
 * </table>
 */
public final class PerCpuRingBuffer implements AutoCloseable {
  /** The smallest capacity, in bytes. */
  public static final int MIN_CAPACITY = 1 << 12;

  /** The largest capacity, in bytes. */
  public static final int MAX_CAPACITY = 1 << 30;

  /*
   * The protocol
   *
   * tail is written by the sequences of its CPU only, and its store is their commit: a record's
   * bytes and header are in place before it, and the ring behind tail is nobody's, so what an
   * aborted sequence has left there means nothing.
   *
   * head is written by the reader only, with release, once the handlers are done with the records
   * before it; the sequences load it with acquire before they store where those records were.
   *
   * A claim moves tail over a record that is not complete, and says so in the header; the reader
   * stops there. Its owner completes it from wherever it runs then, by storing the final header
   * with release, which the reader loads with acquire.
   *
   * close sets a flag in each slice and then fences: a sequence that has read the flag before has
   * committed by the time the fence is over, or starts again and sees it. So when close returns,
   * what will ever be in the buffer is there, but for claims that are still open.
   */

  private final int capacity;
  private final int maxLength;
  private final Region region;
  private final MemorySegment readable;
  private final AtomicBoolean reading = new AtomicBoolean();
  private int firstSlice;

  /**
   * Makes a buffer.
   *
   * @param capacity bytes for each CPU, records' headers of 8 bytes included: a power of two,
   *     {@value #MIN_CAPACITY} to {@value #MAX_CAPACITY}
   * @throws IllegalArgumentException if the capacity is not such
   * @throws OutOfMemoryError if there is not enough address space
   */
  public PerCpuRingBuffer(int capacity) {
    if (capacity < MIN_CAPACITY || capacity > MAX_CAPACITY || Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException(
          "capacity %d is not a power of two in %d..%d"
              .formatted(capacity, MIN_CAPACITY, MAX_CAPACITY));
    }
    this.capacity = capacity;
    this.maxLength = RingLayout.maxLength(capacity);
    this.region =
        Region.allocate(
            RingLayout.sliceBytes(capacity, maxLength), RingSequences.WRITE, RingSequences.CLAIM);
    this.readable = region.memory().asReadOnly();
  }

  /** Returns the bytes for each CPU. */
  public int capacity() {
    return capacity;
  }

  /** Returns the length of the longest record, in bytes: a quarter of the capacity. */
  public int maxLength() {
    return maxLength;
  }

  /**
   * Writes a record.
   *
   * @param type the type id, any number
   * @param source its bytes
   * @return whether it was written; if not, it was counted as lost because this CPU's ring is full
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
    int length = checkLength(source.byteSize());
    // A mapped file may have been truncated: Java code survives that, machine code does not.
    if (length > RingSequences.COPY_LIMIT || source.isMapped()) {
      return writeByClaim(type, source);
    }
    long result;
    try {
      result =
          (long)
              RingSequences.WRITE_HANDLE.invokeExact(
                  region, (long) (capacity - 1), RingLayout.header(type, length), source);
    } catch (RuntimeException e) {
      throw e; // of the segment: its arena is closed, or another thread's
    } catch (Throwable e) {
      throw Failures.unexpected(e);
    } finally {
      Reference.reachabilityFence(region);
    }
    return result == RingSequences.WRITTEN || refused(result);
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
   */
  public @Nullable Claim tryClaim(int type, int length) {
    checkLength(length);
    // Made first: if there were no memory for it later, the space would stay claimed for ever.
    Claim claim = new Claim(region, type, length);
    long result;
    try {
      result =
          (long)
              RingSequences.CLAIM_HANDLE.invokeExact(
                  region,
                  (long) (capacity - 1),
                  RingLayout.claimedHeader(type, length),
                  (long) length);
    } catch (Throwable e) {
      throw Failures.unexpected(e);
    } finally {
      Reference.reachabilityFence(region);
    }
    if (result < RingLayout.DATA.displacement() && !refused(result)) {
      return null;
    }
    claim.record = result;
    claim.open.set(true);
    return claim;
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
    Objects.requireNonNull(handler, "handler");
    if (limit < 1) {
      throw new IllegalArgumentException("limit %d is below 1".formatted(limit));
    }
    if (!reading.compareAndSet(false, true)) {
      throw new IllegalStateException("a read is under way; one thread reads at a time");
    }
    int slices = region.slices();
    try {
      int read = 0;
      for (int i = 0; i < slices && read < limit; i++) {
        read += readSlice((firstSlice + i) % slices, handler, limit - read);
      }
      return read;
    } finally {
      // The next read begins with another CPU, so that one that is busy, or has a record that the
      // handler always fails on, does not keep all others out.
      firstSlice = (firstSlice + 1) % slices;
      reading.set(false);
    }
  }

  private int readSlice(int slice, RecordHandler handler, int limit) {
    long data = slice * region.stride() + RingLayout.DATA.displacement();
    long tail = region.getAcquire(slice, RingLayout.TAIL.displacement());
    long begin = region.getAcquire(slice, RingLayout.HEAD.displacement());
    long head = begin;
    int read = 0;
    try {
      while (head != tail && read < limit) {
        long record = data + (head & (capacity - 1));
        long header = region.getAcquire(record);
        if (RingLayout.isClaimed(header)) {
          break;
        }
        int length = RingLayout.length(header);
        if (RingLayout.recordBytes(length) > tail - head) {
          throw new IllegalStateException(
              "record of %d bytes in %d: a claim was written after its commit"
                  .formatted(length, tail - head));
        }
        if (!RingLayout.isAbandoned(header)) {
          int type = RingLayout.type(header);
          handler.onRecord(type, readable, record + RingLayout.HEADER_BYTES, length);
          read++;
        }
        head += RingLayout.recordBytes(length);
      }
    } finally {
      if (head != begin) {
        region.setRelease(slice, RingLayout.HEAD.displacement(), head);
      }
    }
    return read;
  }

  /** Returns how many records were discarded because a ring was full. */
  public long lost() {
    return region.sum(RingLayout.LOST.displacement());
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
    for (int slice = 0; slice < region.slices(); slice++) {
      region.setRelease(slice, RingLayout.CLOSED.displacement(), 1);
    }
    region.fence();
  }

  private boolean writeByClaim(int type, MemorySegment source) {
    try (Claim claim = tryClaim(type, (int) source.byteSize())) {
      if (claim != null) {
        claim.segment().copyFrom(source);
        claim.commit();
      }
      return claim != null;
    }
  }

  private int checkLength(long length) {
    if (length < 0 || length > maxLength) {
      throw new IllegalArgumentException(
          "record of %d bytes is not in 0..%d".formatted(length, maxLength));
    }
    return (int) length;
  }

  /** Returns false for a full ring, and throws for a closed one. */
  private static boolean refused(long result) {
    if (result == RingSequences.CLOSED_EXIT) {
      throw new IllegalStateException("the ring buffer is closed");
    }
    if (result != RingSequences.FULL) {
      throw Failures.impossible(result);
    }
    return false;
  }

  /** Space for one record, reserved in a {@link PerCpuRingBuffer}. */
  public static final class Claim implements AutoCloseable {
    private final Region region;
    private long record;
    private final int type;
    private final int length;
    private final AtomicBoolean open = new AtomicBoolean();

    private Claim(Region region, int type, int length) {
      this.region = region;
      this.type = type;
      this.length = length;
    }

    /**
     * Returns the memory for the record's bytes, of the length claimed; what is in it at first is
     * unspecified. It must not be written after {@link #commit} or {@link #abort}.
     *
     * @throws IllegalStateException if the claim is not open
     */
    public MemorySegment segment() {
      requireOpen(open.get());
      return region.memory().asSlice(record + RingLayout.HEADER_BYTES, length);
    }

    /**
     * Makes the record readable.
     *
     * @throws IllegalStateException if the claim is not open
     */
    public void commit() {
      requireOpen(finish(RingLayout.header(type, length)));
    }

    /**
     * Gives the space up; there will be no record.
     *
     * @throws IllegalStateException if the claim is not open
     */
    public void abort() {
      requireOpen(finish(RingLayout.abandonedHeader(length)));
    }

    /** Aborts the claim if it is open. */
    @Override
    public void close() {
      finish(RingLayout.abandonedHeader(length));
    }

    /** Completes the record, if nobody has done so before, and returns whether that was so. */
    private boolean finish(long header) {
      boolean first = open.compareAndSet(true, false);
      if (first) {
        region.setRelease(record, header);
      }
      return first;
    }

    private static void requireOpen(boolean open) {
      if (!open) {
        throw new IllegalStateException("the claim is committed or aborted already");
      }
    }
  }
}
