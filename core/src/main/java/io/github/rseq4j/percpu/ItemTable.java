package io.github.rseq4j.percpu;

import org.jspecify.annotations.Nullable;

/** The numbers of objects, which are told apart by their identity. Reading it takes no lock. */
@SuppressWarnings("ReferenceEquality") // that is what it is about
final class ItemTable {
  /** The number of an object that is not here. */
  static final int NONE = -1;

  private static final int FIRST_SLOTS = 16;

  /** Where an object was: those behind it in its chain are still to be found. */
  private static final Object REMOVED = new Object();

  /*
   * Open addressing with linear probing; at least half of the slots are free. A slot is written
   * once, its number before its object, and from then on it can only become REMOVED; slots are not
   * used again but by copying what is left into a new table.
   *
   * Readers use plain loads. Whoever has got hold of an object got it from a thread that had added
   * it before, so sees its slot, and sees the table which that was in or one that was made later.
   * Of other slots it may see any state, which is of no consequence: none of them has its object,
   * and none that is on the way to its object can seem free, since that was in use even before.
   */

  /** Objects and their numbers, by slot. */
  private static final class Slots {
    final @Nullable Object[] objects;
    final int[] numbers;

    Slots(int size) {
      objects = new @Nullable Object[size];
      numbers = new int[size];
    }

    /** Returns the slot that an object is in, or the free one where it belongs. */
    int find(Object object) {
      int slot = System.identityHashCode(object);
      while (true) {
        slot &= objects.length - 1;
        Object found = objects[slot];
        if (found == object || found == null) {
          return slot;
        }
        slot++;
      }
    }

    void put(Object object, int number) {
      int slot = find(object);
      numbers[slot] = number;
      objects[slot] = object;
    }
  }

  private volatile Slots slots = new Slots(FIRST_SLOTS);

  /** How many slots are not free. */
  private int used;

  /** How many objects there are. */
  private int size;

  /** Returns the number of an object, or {@link #NONE}. */
  int find(Object object) {
    Slots now = slots;
    int slot = now.find(object);
    return now.objects[slot] == object ? now.numbers[slot] : NONE;
  }

  /** Adds an object; returns false, and does nothing, if it is here already. */
  synchronized boolean add(Object object, int number) {
    if (find(object) != NONE) {
      return false;
    }
    if (2 * (used + 1) > slots.objects.length) {
      rebuild();
    }
    slots.put(object, number);
    used++;
    size++;
    return true;
  }

  /** Removes an object; returns false, and does nothing, if it is not here. */
  synchronized boolean remove(Object object) {
    int slot = slots.find(object);
    boolean found = slots.objects[slot] == object;
    if (found) {
      slots.objects[slot] = REMOVED;
      size--;
    }
    return found;
  }

  /** Makes a table with room for as many objects again. */
  private void rebuild() {
    Slots old = slots;
    Slots fresh = new Slots(Math.max(FIRST_SLOTS, 4 * Integer.highestOneBit(size + 1)));
    for (int slot = 0; slot < old.objects.length; slot++) {
      Object object = old.objects[slot];
      if (object != null && object != REMOVED) {
        fresh.put(object, old.numbers[slot]);
      }
    }
    slots = fresh;
    used = size;
  }
}
