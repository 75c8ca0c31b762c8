package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.sequence.Sequence;
import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Deals out cells of one size, and takes them back when their owners are unreachable.
 *
 * <p>As many as fill a page of each slice share a region, a slab. One without any cell in use is
 * dropped, unless it is the one to deal from next.
 */
final class CellSlabs {
  /** What a slab takes of each slice. */
  private static final int SLICE_BYTES = 4096;

  /** Made with the first cell, so that a failure to start its thread does not spoil this class. */
  private static @Nullable Cleaner cleaner;

  /**
   * A cell's place.
   *
   * @param region the region
   * @param offset where the cell is in each slice; it may hold what an earlier owner left
   */
  record Cell(Region region, long offset) {}

  private final class Slab {
    final Region region = Region.allocate(SLICE_BYTES, sequences);
    final Deque<Integer> free = new ArrayDeque<>(cells());

    Slab() {
      for (int cell = 0; cell < cells(); cell++) {
        free.add(cell);
      }
    }
  }

  private final int cellBytes;
  private final Sequence[] sequences;

  /** The slabs that have a free cell. */
  private final Deque<Slab> withRoom = new ArrayDeque<>();

  /**
   * Makes a dealer without slabs.
   *
   * @param cellBytes the size of a cell in each slice, a multiple of 8
   * @param sequences those that will be run on cells; the caller sees to it that they fit
   */
  CellSlabs(int cellBytes, Sequence... sequences) {
    this.cellBytes = cellBytes;
    this.sequences = sequences.clone();
  }

  /** Returns how many cells there are in a slab. */
  int cells() {
    return SLICE_BYTES / cellBytes;
  }

  /**
   * Deals out a cell until {@code owner} is unreachable.
   *
   * <p>The owner keeps itself reachable until a sequence has returned, so nobody writes to a cell
   * that is taken back.
   */
  Cell allocate(Object owner) {
    Cleaner registry = cleaner();
    Slab slab;
    int cell;
    synchronized (withRoom) {
      if (withRoom.isEmpty()) {
        withRoom.add(new Slab());
      }
      slab = withRoom.getFirst();
      cell = slab.free.remove();
      if (slab.free.isEmpty()) {
        withRoom.removeFirst();
      }
    }
    registry.register(owner, () -> release(slab, cell));
    return new Cell(slab.region, (long) cell * cellBytes);
  }

  /** Returns how many slabs have a free cell. */
  int withRoom() {
    synchronized (withRoom) {
      return withRoom.size();
    }
  }

  private static synchronized Cleaner cleaner() {
    if (cleaner == null) {
      cleaner = Cleaner.create();
    }
    return cleaner;
  }

  private void release(Slab slab, int cell) {
    synchronized (withRoom) {
      slab.free.add(cell);
      if (slab.free.size() == 1) {
        withRoom.addLast(slab);
      } else if (slab.free.size() == cells() && withRoom.getFirst() != slab) {
        withRoom.remove(slab);
      }
    }
  }
}
