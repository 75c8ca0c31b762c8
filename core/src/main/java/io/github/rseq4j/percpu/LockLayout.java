package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.RegionLinker;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Sequence;
import java.lang.invoke.MethodHandle;

/**
 * A slice that is a lock.
 *
 * <pre>
 *    0         8        16                128
 *   +---------+---------+-- ... ----------+
 *   |  holder |  barred |                 |
 *   +---------+---------+-- ... ----------+
 * </pre>
 *
 * <p>{@code holder} is 0 for a lock that is free, else {@link Thread#threadId()} of who took it.
 * {@code barred} is 1 while a thread that may run anywhere is about to take the lock, else 0.
 */
final class LockLayout {
  static final Address HOLDER = Address.of("holder", 0);
  static final Address BARRED = Address.of("barred", HOLDER.displacement() + Long.BYTES);

  /** What a slice is rounded up to in any case: no lock shares a cache line with another. */
  static final int SLICE_BYTES = 128;

  /** The result for a lock that is held or barred; it is the offset of no slice. */
  static final long HELD = 1;

  private static final Exit HELD_EXIT = Exit.of("held", (int) HELD);

  /**
   * Takes this CPU's lock for the thread {@code taker}.
   *
   * <p>Returns the offset of the slice in the region, or {@link #HELD}.
   */
  static final Sequence LOCK =
      Sequence.define(
          "lock",
          s -> {
            var taker = s.parameter("taker");
            var barred = s.loadAcquire64("barred", BARRED);
            s.exitIf(barred, Condition.NOT_EQUAL, 0, HELD_EXIT);
            var holder = s.loadAcquire64("holder", HOLDER);
            s.exitIf(holder, Condition.NOT_EQUAL, 0, HELD_EXIT);
            var slice = s.sliceOffset("slice");
            s.commit64(HOLDER, taker, Exit.of("locked", slice));
          });

  static final MethodHandle LOCK_HANDLE = RegionLinker.link(LOCK);

  private LockLayout() {}
}
