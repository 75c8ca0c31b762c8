package io.github.rseq4j.stress.torture;

import java.util.BitSet;

/** The items that a test moves between slices, numbered from 1, and which of them were found. */
final class Items {
  private static final int PER_SLICE = 100;

  private final int count;
  private final BitSet found = new BitSet();

  Items(int slices) {
    count = slices * PER_SLICE;
  }

  /** Returns how many there are: every slice has room for all. */
  static int count(int slices) {
    return slices * PER_SLICE;
  }

  /** Returns the first item that a slice begins with. */
  static int first(int slice) {
    return slice * PER_SLICE + 1;
  }

  /** Returns the last item that a slice begins with. */
  static int last(int slice) {
    return (slice + 1) * PER_SLICE;
  }

  /** Returns an item that was taken out of a slice, after seeing that it is one. */
  static long require(long item, int count) {
    if (item < 1 || item > count) {
      throw new Violation("%d was taken, which is not an item".formatted(item));
    }
    return item;
  }

  /** Notes that an item is in a slice at the end. */
  void find(long item, int slice) {
    int number = (int) require(item, count);
    if (found.get(number)) {
      throw new Violation("item %d is there twice, once in slice %d".formatted(number, slice));
    }
    found.set(number);
  }

  /** Checks that every item was found. */
  void requireAll() {
    if (found.cardinality() != count) {
      throw new Violation(
          "%d of %d items are lost, item %d among them"
              .formatted(count - found.cardinality(), count, found.nextClearBit(1)));
    }
  }
}
