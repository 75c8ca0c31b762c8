package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.internal.rseq.RegionLinker;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Sequence;
import java.lang.invoke.MethodHandle;

/**
 * A slice of counters: 64-bit words one after another, without padding, since a slice belongs to
 * one CPU.
 *
 * <pre>
 *    0         8        16
 *   +---------+---------+-- ... --+
 *   |  cell 0 |  cell 1 |         |
 *   +---------+---------+-- ... --+
 * </pre>
 */
final class CounterLayout {
  /** Where a cell is, from its own offset in the slice. */
  private static final Address CELL = Address.of("cell", 0);

  private static final Exit ADDED = Exit.of("added", 0);

  /** Adds {@code delta} to a cell. */
  static final Sequence ADD =
      Sequence.define(
          "counter_add",
          s -> {
            var delta = s.parameter("delta");
            s.commitAdd64(CELL, delta, ADDED);
          });

  private static final MethodHandle ADD_HANDLE = RegionLinker.linkAt(ADD);

  private CounterLayout() {}

  /** Returns the size of a slice of {@code cells} cells. */
  static long sliceBytes(int cells) {
    return offset(cells);
  }

  /** Returns the offset of a cell in its slice, in bytes. */
  static long offset(int cell) {
    return (long) cell * Long.BYTES;
  }

  /**
   * Adds to a cell of the slice of the CPU that the caller runs on. The caller keeps the region
   * reachable meanwhile.
   *
   * @param offset the cell's offset, which the caller has checked
   */
  static void add(Region region, long offset, long delta) {
    long result;
    try {
      result = (long) ADD_HANDLE.invokeExact(region, offset, delta);
    } catch (Throwable e) {
      throw Failures.unexpected(e);
    }
    if (result != 0) {
      throw Failures.impossible(result);
    }
  }
}
