package io.github.rseq4j.percpu;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The reader of rings: one thread at a time. */
final class RingReader {
  private final Rings rings;
  private final ReaderWait wait;
  private final List<? extends RingCursor> cursors;
  private final TimestampMerge merge;
  private final AtomicBoolean reading = new AtomicBoolean();
  private int first;

  RingReader(Rings rings) {
    this.rings = rings;
    this.wait = rings.reader();
    this.cursors = rings.cursors();
    this.merge = new TimestampMerge(cursors);
  }

  /** Reads as {@link PerCpuRingBuffer#read(RecordHandler, int)} says. */
  int read(RecordHandler handler, int limit) {
    begin(handler, limit);
    try {
      return readInTurn(handler, limit);
    } finally {
      end();
    }
  }

  /** Reads as {@link PerCpuRingBuffer#readMerged} says. */
  int readMerged(RecordHandler handler, int limit) {
    begin(handler, limit);
    try {
      rings.look();
      return merge.read(handler, limit);
    } finally {
      end();
    }
  }

  /** Reads as {@link PerCpuRingBuffer#read(RecordHandler, int, long, TimeUnit)} says. */
  int read(RecordHandler handler, int limit, long timeout, TimeUnit unit)
      throws InterruptedException {
    long deadline = System.nanoTime() + Math.max(0, unit.toNanos(timeout));
    begin(handler, limit);
    try {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      while (true) {
        boolean last = wait.closed();
        int read = readInTurn(handler, limit);
        if (read > 0) {
          return read;
        }
        if (last && exhausted()) {
          return -1;
        }
        if (deadline - System.nanoTime() <= 0 || !wait.await(this::ready, deadline)) {
          return 0;
        }
      }
    } finally {
      end();
    }
  }

  private void begin(RecordHandler handler, int limit) {
    Objects.requireNonNull(handler, "handler");
    if (limit < 1) {
      throw new IllegalArgumentException("limit %d is below 1".formatted(limit));
    }
    if (!reading.compareAndSet(false, true)) {
      throw new IllegalStateException("a read is under way; one thread reads at a time");
    }
  }

  private void end() {
    reading.set(false);
  }

  private int readInTurn(RecordHandler handler, int limit) {
    int count = cursors.size();
    try {
      rings.look();
      int read = 0;
      for (int i = 0; i < count && read < limit; i++) {
        read += cursors.get((first + i) % count).read(handler, limit - read);
      }
      return read;
    } finally {
      // The next read begins with another CPU, so that one that is busy, or has a record that the
      // handler always fails on, does not keep all others out.
      first = (first + 1) % count;
    }
  }

  /** Returns whether there is no need to wait. */
  private boolean ready() {
    boolean last = wait.closed();
    rings.look();
    for (RingCursor cursor : cursors) {
      if (cursor.find()) {
        return true;
      }
      cursor.release(); // what was given up: without its space, there may never be a record
    }
    return last && exhausted();
  }

  private boolean exhausted() {
    for (RingCursor cursor : cursors) {
      if (!cursor.exhausted()) {
        return false;
      }
    }
    return true;
  }
}
