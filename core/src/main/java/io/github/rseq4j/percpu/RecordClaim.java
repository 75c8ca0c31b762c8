package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Space for one record, reserved by {@link PerCpuRingBuffer#tryClaim}, which its owner fills and
 * then commits. Any one thread may do so.
 */
public final class RecordClaim implements AutoCloseable {
  private final Region region;
  private final ReaderWait reader;
  private final int type;
  private final int length;
  private final AtomicBoolean open = new AtomicBoolean();

  /** The offset of the record in the region. */
  private long record;

  /** Makes a claim that is not open as yet. */
  RecordClaim(Region region, ReaderWait reader, int type, int length) {
    this.region = region;
    this.reader = reader;
    this.type = type;
    this.length = length;
  }

  /** Makes this the owner of a record. */
  void open(long offset) {
    record = offset;
    open.set(true);
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
      reader.signal();
    }
    return first;
  }

  private static void requireOpen(boolean open) {
    if (!open) {
      throw new IllegalStateException("the claim is committed or aborted already");
    }
  }
}
