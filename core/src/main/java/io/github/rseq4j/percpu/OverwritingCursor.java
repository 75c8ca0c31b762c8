package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a reader is in a ring that overwrites: in a copy of it. */
final class OverwritingCursor implements RingCursor {
  /*
   * The copy has the layout of the ring's data. What is in it from position to copied is whole, and
   * stays so whatever becomes of the ring. OverwritingRings tells how that is made sure of.
   */

  private final Region region;
  private final int slice;
  private final long mask;
  private final int words;

  /** Made when there is something to copy. */
  private @Nullable MemorySegment copy;

  private MemorySegment readable = MemorySegment.NULL;

  /** The position of the record at hand. */
  private long position;

  /** Where the copy ends. */
  private long copied;

  /** Whether what was copied last may have been overwritten meanwhile. */
  private boolean uncertain;

  /** The tail when this looked last. */
  private long tail;

  /** The header of the record at hand. */
  private long header;

  /** The number of the record that was to come. */
  private long next;

  private volatile long missed;

  /**
   * Makes a cursor at the oldest record.
   *
   * @param words the size of the ring's data
   */
  OverwritingCursor(Region region, int slice, long mask, int words) {
    this.region = region;
    this.slice = slice;
    this.mask = mask;
    this.words = words;
  }

  /** Lets cursors see the records that are there by now. */
  static void look(Region region, List<OverwritingCursor> cursors) {
    boolean uncertain = false;
    for (OverwritingCursor cursor : cursors) {
      cursor.tail = region.getAcquire(cursor.slice, RingLayout.TAIL.displacement());
      cursor.copyIfUsedUp();
      uncertain |= cursor.uncertain;
    }
    if (uncertain) {
      region.fence();
      cursors.forEach(OverwritingCursor::dropOverwritten);
    }
  }

  /** Copies what there is between the copy and the tail, if nothing is left of the copy. */
  private void copyIfUsedUp() {
    if (position != copied || copied >= tail) {
      return;
    }
    MemorySegment target = target(); // first: if there is no memory for it nothing has changed
    position = Math.max(position, oldest());
    copied = Math.max(position, tail);
    long from = position & mask;
    long to = copied & mask;
    if (from < to) {
      copy(target, from, to - from);
    } else if (position != copied) {
      copy(target, from, target.byteSize() - from);
      copy(target, 0, to);
    }
    uncertain = true;
  }

  private MemorySegment target() {
    MemorySegment target = copy;
    if (target == null) {
      target = MemorySegment.ofArray(new long[words]);
      copy = target;
      readable = target.asReadOnly();
    }
    return target;
  }

  private void copy(MemorySegment target, long offset, long bytes) {
    long data = region.stride() * slice + RingLayout.DATA.displacement();
    MemorySegment.copy(region.memory(), data + offset, target, offset, bytes);
  }

  /** Leaves behind what may have been overwritten before the fence that has just been. */
  private void dropOverwritten() {
    if (uncertain) {
      position = Math.min(Math.max(position, oldest()), copied);
      uncertain = false;
    }
  }

  private long oldest() {
    return region.getAcquire(slice, RingLayout.OLDEST.displacement());
  }

  @Override
  public boolean find() {
    copyIfUsedUp();
    if (uncertain) {
      region.fence();
      dropOverwritten();
    }
    if (position == copied) {
      return false;
    }
    header = word(0);
    long number = word(RingLayout.HEADER_BYTES);
    if (number != next) {
      long sum = missed + number - next;
      missed = sum;
      next = number;
    }
    return true;
  }

  private long word(int offset) {
    return readable.get(ValueLayout.JAVA_LONG, (position & mask) + offset);
  }

  @Override
  public long timestamp() {
    return RingLayout.length(header) < Long.BYTES
        ? Long.MIN_VALUE
        : word(RingLayout.NUMBERED_HEADER_BYTES);
  }

  @Override
  public void deliver(RecordHandler handler) {
    long offset = (position & mask) + RingLayout.NUMBERED_HEADER_BYTES;
    handler.onRecord(RingLayout.type(header), readable, offset, RingLayout.length(header));
  }

  @Override
  public void consume() {
    position += RingLayout.numberedBytes(RingLayout.length(header));
    next++;
  }

  /** Does nothing: writers do not wait for readers. */
  @Override
  public void release() {}

  @Override
  public boolean exhausted() {
    return position == copied && copied >= tail;
  }

  /** Returns how many records were overwritten before this came to them; any thread may ask. */
  long missed() {
    return missed;
  }
}
