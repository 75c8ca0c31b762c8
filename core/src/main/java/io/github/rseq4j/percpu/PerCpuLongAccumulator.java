package io.github.rseq4j.percpu;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.LongBinaryOperator;

/**
 * A {@link LongAccumulator} of a maximum, a minimum or a bitwise or, with one cell for each CPU,
 * into which threads accumulate without atomic instructions.
 *
 * <p>It takes 24 bytes for each possible CPU and for one more, packed beside those of others, and
 * some 200 bytes of the heap.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code accumulate}<td>this CPU's cell, without writing if it has no effect there<td>a
 *     plain store<td>starts again, unnoticed<td>no<td>under a lock
 * <tr><td>{@code get} and all that is derived from it<td>every CPU's cell, without
 *     writing<td>acquire; waits for a reset that is under way<td>-<td>no<td>the same
 * <tr><td>{@code reset}, {@code getThenReset}<td>every CPU's cell; writes to those that hold
 *     anything, interrupting all CPUs that run threads of this process<td>acquire and release; under
 *     a lock<td>-<td>no<td>the same, but waits for each lock
 * </table>
 *
 * <p>As with any {@code LongAccumulator}, the result of {@link #get} is no snapshot: what is
 * accumulated meanwhile may be in it or not. Unlike there, {@link #getThenReset} may run beside
 * accumulations: each value takes part in exactly one of its results, or in a later one of {@code
 * get}.
 */
public final class PerCpuLongAccumulator extends LongAccumulator {
  private static final long serialVersionUID = 1L;

  /*
   * Cells hold keys, not values: the bits of a value, some of them flipped, so that the identity
   * has the key 0, which is what fresh memory holds. The key of the larger value, or of the smaller
   * one for a minimum, is the larger unsigned number.
   */

  /**
   * What is accumulated. It is what a serialized accumulator has for a function, since that has to
   * be serializable; a lambda would name the class that it comes from too, and be more fragile.
   */
  private enum Function implements LongBinaryOperator {
    MAX(Long.MIN_VALUE, BankedCell.Merge.MAX),
    MIN(Long.MAX_VALUE, BankedCell.Merge.MAX),
    OR(0, BankedCell.Merge.OR);

    /** The identity, and so the bits by which keys differ from values. */
    final long identity;

    final BankedCell.Merge merge;

    Function(long identity, BankedCell.Merge merge) {
      this.identity = identity;
      this.merge = merge;
    }

    @Override
    public long applyAsLong(long left, long right) {
      return merge.of(left ^ identity, right ^ identity) ^ identity;
    }
  }

  private final transient Function function;
  private final transient long flipped;
  final transient BankedCell cell;

  private PerCpuLongAccumulator(Function function) {
    super(function, function.identity);
    this.function = function;
    flipped = function.identity;
    cell = new BankedCell(function.merge);
  }

  /** Makes an accumulator of the largest value, {@link Long#MIN_VALUE} at first. */
  public static PerCpuLongAccumulator max() {
    return new PerCpuLongAccumulator(Function.MAX);
  }

  /** Makes an accumulator of the smallest value, {@link Long#MAX_VALUE} at first. */
  public static PerCpuLongAccumulator min() {
    return new PerCpuLongAccumulator(Function.MIN);
  }

  /** Makes an accumulator of the bits that are set in any value, 0 at first. */
  public static PerCpuLongAccumulator or() {
    return new PerCpuLongAccumulator(Function.OR);
  }

  @Override
  public void accumulate(long x) {
    cell.put(x ^ flipped);
  }

  @Override
  public long get() {
    return cell.get() ^ flipped;
  }

  /** Goes back to the first value; nothing that is accumulated meanwhile is lost. */
  @Override
  public void reset() {
    getThenReset();
  }

  /**
   * Returns the value and goes back to the first one. What is accumulated takes part in exactly one
   * result of this method or in a later value.
   *
   * @throws IllegalStateException if the kernel refuses {@code membarrier}, which it allowed
   *     before; no value is lost
   */
  @Override
  public long getThenReset() {
    return cell.getThenEmpty() ^ flipped;
  }

  @Override
  public String toString() {
    return Long.toString(get());
  }

  @Override
  public int intValue() {
    return (int) get();
  }

  @Override
  public long longValue() {
    return get();
  }

  @Override
  public float floatValue() {
    return get();
  }

  @Override
  public double doubleValue() {
    return get();
  }

  /**
   * Writes a plain {@link LongAccumulator} with the same value in place of this one. A field to be
   * serialized is therefore declared as {@code LongAccumulator}. Whoever reads it needs this class
   * for its function, but no rseq.
   */
  private Object writeReplace() {
    LongAccumulator plain = new LongAccumulator(function, function.identity);
    plain.accumulate(get());
    return plain;
  }

  private void readObject(ObjectInputStream stream) throws InvalidObjectException {
    throw new InvalidObjectException("a PerCpuLongAccumulator is serialized as a LongAccumulator");
  }
}
