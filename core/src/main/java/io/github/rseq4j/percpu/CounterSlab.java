package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Deals out single counters, {@value #CELLS} to a region, and takes them back when their owners are
 * unreachable.
 *
 * <p>A region without any counter in use is dropped, unless it is the one to deal from next.
 */
final class CounterSlab {
  /** How many counters share a region: one page of each slice. */
  static final int CELLS = 512;

  /** The slabs that have a free cell. */
  private static final Deque<CounterSlab> WITH_ROOM = new ArrayDeque<>();

  /**
   * Made with the first counter, so that a failure to start its thread does not spoil this class.
   */
  private static @Nullable Cleaner cleaner;

  /**
   * A counter's place.
   *
   * @param region the region
   * @param cell the number of its cell in each slice, which may hold what an earlier owner counted
   */
  record Cell(Region region, int cell) {}

  private final Region region = Region.allocate(CounterLayout.sliceBytes(CELLS), CounterLayout.ADD);
  private final Deque<Integer> free = new ArrayDeque<>(CELLS);

  private CounterSlab() {
    for (int cell = 0; cell < CELLS; cell++) {
      free.add(cell);
    }
  }

  /**
   * Deals out a counter until {@code owner} is unreachable.
   *
   * <p>The owner keeps itself reachable until an addition has returned, so nobody adds to a cell
   * that is taken back.
   */
  static Cell allocate(Object owner) {
    Cleaner registry;
    CounterSlab slab;
    int cell;
    synchronized (WITH_ROOM) {
      if (cleaner == null) {
        cleaner = Cleaner.create();
      }
      registry = cleaner;
      if (WITH_ROOM.isEmpty()) {
        WITH_ROOM.add(new CounterSlab());
      }
      slab = WITH_ROOM.getFirst();
      cell = slab.free.remove();
      if (slab.free.isEmpty()) {
        WITH_ROOM.removeFirst();
      }
    }
    registry.register(owner, () -> release(slab, cell));
    return new Cell(slab.region, cell);
  }

  /** Returns how many slabs have a free cell. */
  static int withRoom() {
    synchronized (WITH_ROOM) {
      return WITH_ROOM.size();
    }
  }

  private static void release(CounterSlab slab, int cell) {
    synchronized (WITH_ROOM) {
      slab.free.add(cell);
      if (slab.free.size() == 1) {
        WITH_ROOM.addLast(slab);
      } else if (slab.free.size() == CELLS && WITH_ROOM.getFirst() != slab) {
        WITH_ROOM.remove(slab);
      }
    }
  }
}
