package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.ref.Reference;

/**
 * One 64-bit word for each CPU, into which threads put values without atomic instructions, and
 * which can be emptied beside them.
 *
 * <p>It takes {@value BankedLayout#BYTES} bytes for each slice.
 */
final class BankedCell {
  /*
   * Emptying
   *
   *   whoever empties, holding the lock          a sequence on that slice
   *     for each slice                             restart: arm
   *       if the current bank is not empty           load current, with acquire
   *         current = the other, with release        load that bank
   *     fence                                        ...
   *     for each slice                               commit: store to that bank
   *       take the other bank, and empty it
   *
   * A sequence that loaded the number of the current bank before it changed is either over or still
   * under way when the fence comes. If it is over, it has committed, and the fence orders its store
   * before the taking. If it is under way, the kernel aborts it, and it starts again and sees the
   * new number. So after the fence nobody writes to the bank that is not current: what is in it can
   * be read and emptied without a race, and each value that was put in is taken exactly once.
   *
   * When the bank becomes current again, with release, it was emptied before: who acquires the new
   * number finds it empty.
   *
   * A slice whose current bank is empty is left alone. Its pages, on a CPU that never ran a thread
   * of this process, stay untouched. A value that arrives there meanwhile is taken the next time.
   *
   * Should the fence fail, the values stay where they are. The bank that is not current may then be
   * written to until the next fence, before which nobody takes anything from it.
   *
   * Reading
   *
   * A reader merges both banks. It must not do so while one emptying is under way, or it could see
   * a value that is about to be taken together with one that came after it. So it looks at the
   * count of steps before and after, and starts again, under the lock, if it is odd or has changed.
   */

  private static final CellSlabs SLABS =
      new CellSlabs(
          BankedLayout.BYTES, BankedSequences.MAX, BankedSequences.OR, BankedSequences.ADD_DOUBLE);

  /** How two words become one; 0 and any other become the other. */
  enum Merge {
    /** The larger one, unsigned. */
    MAX,
    /** The bits that are set in one of them. */
    OR,
    /** The sum of two doubles. */
    ADD_DOUBLE;

    long of(long one, long other) {
      return switch (this) {
        case MAX -> Long.compareUnsigned(one, other) >= 0 ? one : other;
        case OR -> one | other;
        case ADD_DOUBLE ->
            Double.doubleToRawLongBits(
                Double.longBitsToDouble(one) + Double.longBitsToDouble(other));
      };
    }
  }

  private final Merge merge;
  private final Region region;
  private final long offset;

  /** How often emptying began or ended: odd while it is under way. */
  private volatile int emptyings;

  /** Makes a cell that is empty. */
  BankedCell(Merge merge) {
    this.merge = merge;
    CellSlabs.Cell place = SLABS.allocate(this);
    region = place.region();
    offset = place.offset();
    clear();
  }

  /** Returns the memory that the cell is in, with others. */
  Region region() {
    return region;
  }

  /** Returns how cells are dealt. */
  static CellSlabs slabs() {
    return SLABS;
  }

  /** Puts a value into the word of the CPU that the caller runs on. */
  void put(long value) {
    long result;
    try {
      if (merge == Merge.ADD_DOUBLE) {
        result = (long) BankedSequences.ADD_DOUBLE_HANDLE.invokeExact(region, offset, value);
      } else if (merge == Merge.MAX) {
        result = (long) BankedSequences.MAX_HANDLE.invokeExact(region, offset, value);
      } else {
        result = (long) BankedSequences.OR_HANDLE.invokeExact(region, offset, value);
      }
    } catch (Throwable e) {
      throw Failures.unexpected(e);
    } finally {
      Reference.reachabilityFence(this); // or the cell might be another owner's by now
    }
    if (result != BankedSequences.CHANGED && result != BankedSequences.UNCHANGED) {
      throw Failures.impossible(result);
    }
  }

  /** Returns all words as one. */
  long get() {
    int before = emptyings;
    if ((before & 1) == 0) {
      long all = merged();
      if (emptyings == before) {
        return all;
      }
    }
    synchronized (this) {
      return merged();
    }
  }

  /** Empties all words, and returns what was in them as one. */
  synchronized long getThenEmpty() {
    emptyings++;
    try {
      if (!switchBanks()) {
        return 0;
      }
      region.fence();
      return take();
    } finally {
      emptyings++;
      Reference.reachabilityFence(this); // or the cell might be another owner's by now
    }
  }

  private long merged() {
    try {
      long all = 0;
      for (int slice = 0; slice < region.slices(); slice++) {
        all = merge.of(all, merge.of(bank(slice, 0), bank(slice, 1)));
      }
      return all;
    } finally {
      Reference.reachabilityFence(this); // or the cell might be another owner's by now
    }
  }

  /** Returns whether there is anything to take. */
  private boolean switchBanks() {
    boolean full = false;
    for (int slice = 0; slice < region.slices(); slice++) {
      long current = current(slice);
      if (bank(slice, current) != 0) {
        set(slice, BankedLayout.CURRENT.displacement(), 1 - current);
        full = true;
      } else {
        full |= bank(slice, 1 - current) != 0; // the fence has failed before
      }
    }
    return full;
  }

  private long take() {
    long all = 0;
    for (int slice = 0; slice < region.slices(); slice++) {
      long other = 1 - current(slice);
      long value = bank(slice, other);
      if (value != 0) {
        all = merge.of(all, value);
        set(slice, BankedLayout.bank(other), 0);
      }
    }
    return all;
  }

  /** Removes what an earlier owner left, without touching pages that nobody wrote to. */
  private void clear() {
    for (int slice = 0; slice < region.slices(); slice++) {
      for (long word = 0; word < BankedLayout.BYTES; word += Long.BYTES) {
        if (region.getAcquire(slice, offset + word) != 0) {
          set(slice, word, 0);
        }
      }
    }
  }

  private long current(int slice) {
    return region.getAcquire(slice, offset + BankedLayout.CURRENT.displacement());
  }

  private long bank(int slice, long number) {
    return region.getAcquire(slice, offset + BankedLayout.bank(number));
  }

  private void set(int slice, long word, long value) {
    region.setRelease(slice, offset + word, value);
  }
}
