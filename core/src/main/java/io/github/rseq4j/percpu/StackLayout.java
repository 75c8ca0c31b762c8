package io.github.rseq4j.percpu;

import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Value;

/**
 * A slice that is a stack of indices.
 *
 * <pre>
 *     0        8                 16       20       24
 *    +--------+-----------------+--------+--------+-- ... --+------------------+
 *    | barred |  pops  :  count | item 0 | item 1 |         | item capacity-1  |
 *    +--------+-----------------+--------+--------+-- ... --+------------------+
 *                 48   :   16                                the top is item count-1
 * </pre>
 *
 * <p>The number of pops that have found an item shares a word with the count, so that one store
 * changes both. A push adds 1 to the word; a pop adds {@link #POP}, which is 1 in the upper part
 * and -1 in the lower. The number is modulo 2<sup>48</sup>.
 */
final class StackLayout {
  /** Not 0 while somebody else works on the slice, or for ever once the stack is closed. */
  static final Address BARRED = Address.of("barred", 0);

  static final Address STATE = Address.of("state", BARRED.displacement() + Long.BYTES);

  private static final int COUNT_BITS = 16;

  /** The bits of a state that are the count; also the largest count. */
  static final int MAX_COUNT = (1 << COUNT_BITS) - 1;

  /** What is added to the state by a push. */
  static final long PUSH = 1;

  /** What is added to the state by a pop. */
  static final long POP = (1L << COUNT_BITS) - 1;

  private static final int ITEMS = STATE.displacement() + Long.BYTES;

  private StackLayout() {}

  /** Returns where the item number {@code number} is, from the bottom. */
  static Address item(Value number) {
    return new Address("items", ITEMS, number, Integer.BYTES);
  }

  /** Returns the offset of the item number {@code number}. */
  static long itemOffset(int number) {
    return ITEMS + (long) number * Integer.BYTES;
  }

  /** Returns the size of a slice for a capacity. */
  static long sliceBytes(int capacity) {
    return itemOffset(capacity);
  }

  static int count(long state) {
    return (int) state & MAX_COUNT;
  }

  static long pops(long state) {
    return state >>> COUNT_BITS;
  }
}
