package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.foreign.MemorySegment;

/** Where the reader is in a ring that discards; {@link #statistics} may be called meanwhile. */
final class DiscardingCursor implements RingCursor {
  private final Region region;
  private final MemorySegment readable;
  private final int slice;
  private final long mask;

  /** The offset of the ring's data in the region. */
  private final long data;

  /** The position of the record at hand. */
  private long position;

  /** How many records were read. */
  private long count;

  /** What statistics see of the two above; guarded by this. */
  private long head;

  private long read;

  /** The tail when this looked last. */
  private long tail;

  /** The header of the record at hand. */
  private long header;

  DiscardingCursor(Region region, MemorySegment readable, int slice, long mask) {
    this.region = region;
    this.readable = readable;
    this.slice = slice;
    this.mask = mask;
    this.data = slice * region.stride() + RingLayout.DATA.displacement();
  }

  /** Lets this cursor see the records that are there by now. */
  void look() {
    tail = region.getAcquire(slice, RingLayout.TAIL.displacement());
  }

  @Override
  public boolean exhausted() {
    return position == tail;
  }

  @Override
  public boolean find() {
    while (position != tail) {
      header = region.getAcquire(data + (position & mask));
      if (RingLayout.isClaimed(header)) {
        return false;
      }
      long bytes = bytes(header, tail - position);
      if (!RingLayout.isAbandoned(header)) {
        return true;
      }
      position += bytes;
    }
    return false;
  }

  @Override
  public long timestamp() {
    return RingLayout.length(header) < Long.BYTES
        ? Long.MIN_VALUE
        : region.getAcquire(data + (position & mask) + RingLayout.HEADER_BYTES);
  }

  @Override
  public void deliver(RecordHandler handler) {
    long offset = data + (position & mask) + RingLayout.HEADER_BYTES;
    handler.onRecord(RingLayout.type(header), readable, offset, RingLayout.length(header));
  }

  @Override
  public void consume() {
    position += RingLayout.recordBytes(RingLayout.length(header));
    count++;
  }

  /** Gives the space before the record at hand back. */
  @Override
  public synchronized void release() {
    if (head != position) {
      head = position;
      read = count;
      region.setRelease(slice, RingLayout.HEAD.displacement(), head);
    }
  }

  /**
   * Returns the statistics of the ring. The reader keeps count of what it has read; what it has not
   * is counted here, and stays until this is over, since the reader cannot give space back.
   */
  synchronized RingStatistics statistics() {
    long end = region.getAcquire(slice, RingLayout.TAIL.displacement());
    long written = read;
    for (long at = head; at != end; ) {
      long found = region.getAcquire(data + (at & mask));
      written += RingLayout.isComplete(found) ? 1 : 0;
      at += bytes(found, end - at);
    }
    long lost = region.getAcquire(slice, RingLayout.LOST.displacement());
    return new RingStatistics(slice, written, lost, 0, end, end - head);
  }

  /** Returns how many bytes of the ring a record takes, which are at most those that are left. */
  private static long bytes(long header, long left) {
    long bytes = RingLayout.recordBytes(RingLayout.length(header));
    if (bytes > left) {
      throw new IllegalStateException(
          "record of %d bytes in %d: a claim was written after its commit"
              .formatted(RingLayout.length(header), left));
    }
    return bytes;
  }
}
