package io.github.rseq4j.percpu;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * A {@link DoubleAdder} with one cell for each CPU, to which threads add without atomic
 * instructions.
 *
 * <p>It takes 24 bytes for each possible CPU and for one more, packed beside those of others, and
 * some 200 bytes of the heap.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code add}<td>this CPU's cell<td>a plain store<td>starts again, unnoticed<td>no<td>under
 *     a lock
 * <tr><td>{@code sum} and all that is derived from it<td>every CPU's cell, without
 *     writing<td>acquire; waits for a reset that is under way<td>-<td>no<td>the same
 * <tr><td>{@code reset}, {@code sumThenReset}<td>every CPU's cell; writes to those that hold
 *     anything, interrupting all CPUs that run threads of this process<td>acquire and release; under
 *     a lock<td>-<td>no<td>the same, but waits for each lock
 * </table>
 *
 * <p>As with any {@code DoubleAdder}, the order of additions is not specified, nor therefore how
 * sums are rounded, and the sum is no snapshot: additions made while it is being formed may be in
 * it or not. Unlike there, {@link #sumThenReset} may run beside additions: each is in exactly one
 * of its results, or in a later sum.
 */
public final class PerCpuDoubleAdder extends DoubleAdder {
  private static final long serialVersionUID = 1L;

  /*
   * A baseline, as PerCpuLongAdder has one, would not do: a sum that is taken away by subtraction
   * leaves what was rounded behind, and an infinity or what is no number for ever. So cells are
   * emptied.
   */
  final transient BankedCell cell = new BankedCell(BankedCell.Merge.ADD_DOUBLE);

  /** Makes an adder with the sum 0. */
  public PerCpuDoubleAdder() {}

  @Override
  public void add(double x) {
    cell.put(Double.doubleToRawLongBits(x));
  }

  @Override
  public double sum() {
    return Double.longBitsToDouble(cell.get());
  }

  /** Makes the sum 0; nothing that is added meanwhile is lost. */
  @Override
  public void reset() {
    sumThenReset();
  }

  /**
   * Returns the sum and makes it 0. Each addition is in exactly one result of this method or in a
   * later sum.
   *
   * @throws IllegalStateException if the kernel refuses {@code membarrier}, which it allowed
   *     before; no addition is lost
   */
  @Override
  public double sumThenReset() {
    return Double.longBitsToDouble(cell.getThenEmpty());
  }

  @Override
  public String toString() {
    return Double.toString(sum());
  }

  @Override
  public int intValue() {
    return (int) sum();
  }

  @Override
  public long longValue() {
    return (long) sum();
  }

  @Override
  public float floatValue() {
    return (float) sum();
  }

  @Override
  public double doubleValue() {
    return sum();
  }

  /**
   * Writes a plain {@link DoubleAdder} with the same sum in place of this adder, so that whoever
   * reads it needs no rseq4j. A field to be serialized is therefore declared as {@code
   * DoubleAdder}.
   */
  private Object writeReplace() {
    DoubleAdder plain = new DoubleAdder();
    plain.add(sum());
    return plain;
  }

  private void readObject(ObjectInputStream stream) throws InvalidObjectException {
    throw new InvalidObjectException("a PerCpuDoubleAdder is serialized as a DoubleAdder");
  }
}
