package io.github.rseq4j.internal.compile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The cell of memory that the code of one sequence shares with Java.
 *
 * <pre>
 *    0               8       12      16              24      28      32              40
 *   +---------------+-------+-------+---------------+-------+-------+---------------+
 *   |   restarts    | hold  |arrived|   patience    | delay |       |    rounds     |
 *   +---------------+-------+-------+---------------+-------+-------+---------------+
 * </pre>
 *
 * <p>{@code restarts} counts the aborts. With injection, a thread that comes to the point whose
 * number is in {@code hold} writes that number to {@code arrived} and spins until {@code hold}
 * changes; points are numbered from 1, and 0 holds nobody. {@code patience} bounds the spinning:
 * the thread is in a critical call, and would keep the whole JVM from its next safepoint. Each
 * thread that comes to the point whose number is in {@code delay} spins for {@code rounds} rounds.
 */
public final class SequenceState {
  /** Offset of the count of aborts, 64 bits. */
  public static final int RESTARTS = 0;

  /** Offset of the number of the point at which threads are held, 32 bits. */
  public static final int HOLD = RESTARTS + Long.BYTES;

  /** Offset of the number of the point at which a thread was held last, 32 bits. */
  public static final int ARRIVED = HOLD + Integer.BYTES;

  /** Offset of the rounds of spinning that are left for those held, 64 bits. */
  public static final int PATIENCE = ARRIVED + Integer.BYTES;

  /** Offset of the number of the point at which threads are delayed, 32 bits. */
  public static final int DELAY = PATIENCE + Long.BYTES;

  /** Offset of the rounds of spinning of each delay, 64 bits. */
  public static final int DELAY_ROUNDS = DELAY + 2 * Integer.BYTES;

  private static final VarHandle LONGS = ValueLayout.JAVA_LONG.varHandle();
  private static final VarHandle INTS = ValueLayout.JAVA_INT.varHandle();

  private final MemorySegment cell;

  /** Looks at a cell. */
  public SequenceState(MemorySegment cell) {
    this.cell = cell;
  }

  /** Returns how often the kernel has aborted the sequence so far. */
  public long restarts() {
    return (long) LONGS.getAcquire(cell, (long) RESTARTS);
  }

  /**
   * Holds threads at an injection point until the next call, or for some rounds of spinning.
   *
   * @param point the point's number from 1, or 0 to hold nobody
   * @param rounds how many at most
   */
  public void hold(int point, long rounds) {
    LONGS.setVolatile(cell, (long) PATIENCE, rounds);
    INTS.setVolatile(cell, (long) ARRIVED, 0);
    INTS.setVolatile(cell, (long) HOLD, point);
  }

  /**
   * Delays each thread that comes to an injection point.
   *
   * @param point the point's number from 1, or 0 to delay nobody
   * @param rounds how often it spins, at least 1
   */
  public void delay(int point, long rounds) {
    LONGS.setVolatile(cell, (long) DELAY_ROUNDS, rounds);
    INTS.setVolatile(cell, (long) DELAY, point);
  }

  /** Returns the number of the point at which a thread has arrived, or 0. */
  public int arrived() {
    return (int) INTS.getVolatile(cell, (long) ARRIVED);
  }

  /** Returns how many rounds of spinning are left; when none are, no thread is held any more. */
  public long patience() {
    return (long) LONGS.getVolatile(cell, (long) PATIENCE);
  }
}
