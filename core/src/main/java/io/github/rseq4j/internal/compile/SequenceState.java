package io.github.rseq4j.internal.compile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The cell of memory that the code of one sequence shares with Java.
 *
 * <pre>
 *    0               8       12      16              24
 *   +---------------+-------+-------+---------------+
 *   |   restarts    | hold  |arrived|   patience    |
 *   +---------------+-------+-------+---------------+
 * </pre>
 *
 * <p>{@code restarts} counts the aborts. With injection, a thread that comes to the point whose
 * number is in {@code hold} writes that number to {@code arrived} and spins until {@code hold}
 * changes; points are numbered from 1, and 0 holds nobody. {@code patience} bounds the spinning:
 * the thread is in a critical call, and would keep the whole JVM from its next safepoint.
 */
public final class SequenceState {
  static final int RESTARTS = 0;
  static final int HOLD = RESTARTS + Long.BYTES;
  static final int ARRIVED = HOLD + Integer.BYTES;

  static final int PATIENCE = ARRIVED + Integer.BYTES;

  /** How many rounds of spinning are enough to be disturbed: some seconds. */
  private static final long ROUNDS = 1L << 26;

  private static final VarHandle LONGS = ValueLayout.JAVA_LONG.varHandle();
  private static final VarHandle INTS = ValueLayout.JAVA_INT.varHandle();

  private final MemorySegment cell;

  SequenceState(MemorySegment cell) {
    this.cell = cell;
  }

  /** Returns how often the kernel has aborted the sequence so far. */
  public long restarts() {
    return (long) LONGS.getAcquire(cell, (long) RESTARTS);
  }

  /**
   * Holds threads at an injection point until the next call, or for some seconds at most.
   *
   * @param point the point's number from 1, or 0 to hold nobody
   */
  public void hold(int point) {
    LONGS.setVolatile(cell, (long) PATIENCE, ROUNDS);
    INTS.setVolatile(cell, (long) ARRIVED, 0);
    INTS.setVolatile(cell, (long) HOLD, point);
  }

  /** Returns the number of the point at which a thread has arrived, or 0. */
  public int arrived() {
    return (int) INTS.getVolatile(cell, (long) ARRIVED);
  }
}
