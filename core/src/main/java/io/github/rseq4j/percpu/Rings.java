package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A ring for each CPU: how they are written, and what there is in them. */
sealed interface Rings permits DiscardingRings, OverwritingRings {
  /** Returns the length of the longest record, in bytes. */
  int maxLength();

  /** Returns where the rings are. */
  Region region();

  /** Returns how the reader waits. */
  ReaderWait reader();

  /** Returns the reader's cursors, one for each ring; always the same ones. */
  List<? extends RingCursor> cursors();

  /** Lets the reader's cursors see the records that are there by now. */
  void look();

  /** Writes a record, and returns whether there was room. */
  boolean write(int type, int length, MemorySegment source);

  /**
   * Reserves space for a record; returns null if there is no room.
   *
   * @throws UnsupportedOperationException if rings of this kind have no claims
   */
  @Nullable RecordClaim tryClaim(int type, int length);

  /**
   * Returns cursors of their own, at the oldest records, which see the records that are there by
   * now.
   *
   * @throws UnsupportedOperationException if rings of this kind have one reader only
   */
  List<? extends RingCursor> snapshot();

  /** Returns how many records were lost. */
  long lost();

  /** Returns the statistics of each ring. */
  List<RingStatistics> statistics();
}
