package io.github.rseq4j.percpu;

/** Where a reader is in one ring. One thread uses it at a time. */
sealed interface RingCursor permits DiscardingCursor, OverwritingCursor {
  /** Goes to the next record that is there; returns whether there is one. */
  boolean find();

  /**
   * Returns the timestamp of the record at hand: its first 8 bytes, or the lowest there is if it
   * has fewer.
   */
  long timestamp();

  /** Hands over the record at hand. */
  void deliver(RecordHandler handler);

  /** Leaves the record at hand behind. */
  void consume();

  /** Lets writers know what was left behind. */
  void release();

  /** Returns whether nothing is left of what was to be seen. */
  boolean exhausted();

  /** Reads up to {@code limit} records, and returns how many. */
  default int read(RecordHandler handler, int limit) {
    int read = 0;
    try {
      while (read < limit && find()) {
        deliver(handler);
        consume();
        read++;
      }
    } finally {
      release();
    }
    return read;
  }
}
