package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.LongAdder;

/**
 * A {@link LongAdder} with one cell for each CPU, to which threads add without atomic instructions.
 *
 * <p>It takes 8 bytes for each possible CPU and for one more, packed beside those of other adders,
 * and some 130 bytes of the heap.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code add}, {@code increment}, {@code decrement}<td>this CPU's cell<td>a plain
 *     store<td>starts again, unnoticed<td>no<td>under a lock
 * <tr><td>{@code sum} and all that is derived from it<td>every CPU's cell<td>acquire<td>-<td>no<td>the
 *     same
 * <tr><td>{@code reset}, {@code sumThenReset}<td>every CPU's cell, without writing<td>acquire; a
 *     lock shared with resets of other adders<td>-<td>no<td>the same
 * </table>
 *
 * <p>As with any {@code LongAdder}, the sum is no snapshot: additions made while it is being formed
 * may be in it or not. Unlike there, {@link #sumThenReset} may run beside additions: each is in
 * exactly one of its results, or in a later sum.
 */
public final class PerCpuLongAdder extends LongAdder {
  private static final long serialVersionUID = 1L;

  private static final CellSlabs SLABS = new CellSlabs(Long.BYTES, CounterLayout.ADD);

  /*
   * Cells are never written but by their own CPU. A reset therefore does not clear them: it notes
   * what they add up to, the baseline, and later sums are counted from there. The same goes for a
   * cell that an earlier adder has used: the baseline starts as what is in it.
   *
   * A sum reads the baseline before and after the cells and starts again if it has moved, so that
   * the two belong together. It may have moved away and back: then resets took, between them, as
   * much as was added, and leaving both out is right too.
   */
  private final transient Region region;

  /** The offset of this adder's cell in each slice. */
  private final transient long offset;

  private transient volatile long baseline;

  /** Makes an adder with the sum 0. */
  public PerCpuLongAdder() {
    CellSlabs.Cell place = SLABS.allocate(this);
    region = place.region();
    offset = place.offset();
    baseline = rawSum();
  }

  /** Returns the memory that the cell is in, with others. */
  Region region() {
    return region;
  }

  /** Returns how cells are dealt. */
  static CellSlabs slabs() {
    return SLABS;
  }

  @Override
  public void add(long x) {
    try {
      CounterLayout.add(region, offset, x);
    } finally {
      Reference.reachabilityFence(this); // or the cell might be another adder's by now
    }
  }

  @Override
  public void increment() {
    add(1);
  }

  @Override
  public void decrement() {
    add(-1);
  }

  @Override
  public long sum() {
    while (true) {
      long before = baseline;
      long sum = rawSum();
      if (baseline == before) {
        return sum - before;
      }
    }
  }

  /** Makes the sum 0; nothing that is added meanwhile is lost. */
  @Override
  public void reset() {
    sumThenReset();
  }

  /**
   * Returns the sum and makes it 0. Each addition is in exactly one result of this method or in a
   * later sum.
   */
  @Override
  public long sumThenReset() {
    synchronized (region) {
      long before = baseline;
      long sum = rawSum();
      baseline = sum;
      return sum - before;
    }
  }

  @Override
  public String toString() {
    return Long.toString(sum());
  }

  @Override
  public int intValue() {
    return (int) sum();
  }

  @Override
  public long longValue() {
    return sum();
  }

  @Override
  public float floatValue() {
    return sum();
  }

  @Override
  public double doubleValue() {
    return sum();
  }

  private long rawSum() {
    try {
      return region.sum(offset);
    } finally {
      Reference.reachabilityFence(this); // or the cell might be another adder's by now
    }
  }

  /**
   * Writes a plain {@link LongAdder} with the same sum in place of this adder, so that whoever
   * reads it needs no rseq4j. A field to be serialized is therefore declared as {@code LongAdder}.
   */
  private Object writeReplace() {
    LongAdder plain = new LongAdder();
    plain.add(sum());
    return plain;
  }

  private void readObject(ObjectInputStream stream) throws InvalidObjectException {
    throw new InvalidObjectException("a PerCpuLongAdder is serialized as a LongAdder");
  }
}
