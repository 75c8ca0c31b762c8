package io.github.rseq4j.percpu;

import java.util.List;

/** Reads rings in the order of the timestamps with which their records begin. */
final class TimestampMerge {
  /*
   * A binary heap of the rings that have a record at hand, by its timestamp: that of no ring is
   * below that of the ring at (place - 1) / 2. It lives for one read.
   */

  private final List<? extends RingCursor> cursors;
  private final int[] rings;

  /** By place in the heap, as rings. */
  private final long[] timestamps;

  private int size;

  TimestampMerge(List<? extends RingCursor> cursors) {
    this.cursors = cursors;
    this.rings = new int[cursors.size()];
    this.timestamps = new long[cursors.size()];
  }

  /** Reads up to {@code limit} records, and returns how many. */
  int read(RecordHandler handler, int limit) {
    int read = 0;
    try {
      fill();
      while (read < limit && size > 0) {
        int ring = rings[0];
        RingCursor cursor = cursors.get(ring);
        cursor.deliver(handler);
        cursor.consume();
        read++;
        if (cursor.find()) {
          sink(ring, cursor.timestamp());
        } else {
          size--;
          sink(rings[size], timestamps[size]);
        }
      }
    } finally {
      for (RingCursor cursor : cursors) {
        cursor.release();
      }
    }
    return read;
  }

  private void fill() {
    size = 0;
    for (int ring = 0; ring < rings.length; ring++) {
      RingCursor cursor = cursors.get(ring);
      if (cursor.find()) {
        rise(ring, cursor.timestamp());
      }
    }
  }

  /** Adds a ring. */
  private void rise(int ring, long timestamp) {
    int place = size++;
    while (place > 0 && timestamps[(place - 1) / 2] > timestamp) {
      move((place - 1) / 2, place);
      place = (place - 1) / 2;
    }
    put(place, ring, timestamp);
  }

  /** Puts a ring in the place of the first. */
  private void sink(int ring, long timestamp) {
    int place = 0;
    for (int child = 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && timestamps[child + 1] < timestamps[child]) {
        child++;
      }
      if (timestamps[child] >= timestamp) {
        break;
      }
      move(child, place);
      place = child;
    }
    put(place, ring, timestamp);
  }

  private void move(int from, int to) {
    put(to, rings[from], timestamps[from]);
  }

  private void put(int place, int ring, long timestamp) {
    rings[place] = ring;
    timestamps[place] = timestamp;
  }
}
