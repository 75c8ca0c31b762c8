package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How the reader of rings sleeps until there is something to read, and how the rings are closed.
 */
final class ReaderWait {
  /*
   * The protocol
   *
   *   the reader                                a writer's sequence
   *     reader = this thread                      state = load; if it is closed, exit
   *     state = WAITED in each slice              ...
   *     fence                                     commit; return state
   *     look; if there is nothing, park         the writer, if that was WAITED
   *     state = OPEN in each slice                unpark reader
   *
   * The writer has to load the state anyway, to see whether the ring is closed. So a wait costs the
   * writers nothing while nobody waits.
   *
   * A sequence that has loaded OPEN has committed by the time the fence is over, and the look finds
   * its record; or it starts again and loads WAITED. So whoever commits a record that the look does
   * not find knows that somebody waits.
   *
   * Who has stored WAITED has stored reader before. The writer's full fence sees to it that it finds
   * that thread, or another that has begun to wait since; or none, if the wait is over. In all other
   * cases too it stands between what the caller has stored and the load of reader, as the fence of
   * the reader stands between the store of reader and the look: one of the two sees the other. That
   * is how a claim, which is completed outside of a sequence, wakes the reader, and how close does.
   *
   * OPEN and WAITED follow one another by compare-and-set, so that CLOSED stays.
   */

  private final Region region;
  private volatile @Nullable Thread reader;
  private volatile boolean closed;

  ReaderWait(Region region) {
    this.region = region;
  }

  /** Wakes the reader if it waits: it looks again, and sees what the caller has stored. */
  void signal() {
    VarHandle.fullFence();
    Thread waiting = reader;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /**
   * Does what is left to do when a sequence has answered anything but that it has written a record
   * that nobody waits for.
   *
   * @param answer a state or {@link RingSequences#FULL}
   * @return whether the record was written
   * @throws IllegalStateException if the ring is closed
   */
  boolean settle(long answer) {
    if (answer == RingLayout.CLOSED) {
      throw new IllegalStateException("the ring buffer is closed");
    }
    if (answer == RingLayout.WAITED) {
      signal();
    } else if (answer != RingSequences.FULL) {
      throw Failures.impossible(answer);
    }
    return answer == RingLayout.WAITED;
  }

  /**
   * Waits until the time is over or there is something to read.
   *
   * @param ready whether there is; asked whenever that may have changed
   * @param deadline in the time of {@link System#nanoTime}
   * @return whether there is
   */
  boolean await(BooleanSupplier ready, long deadline) throws InterruptedException {
    reader = Thread.currentThread();
    try {
      replace(RingLayout.OPEN, RingLayout.WAITED);
      region.fence();
      while (!ready.getAsBoolean()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        LockSupport.parkNanos(this, left);
      }
      return true;
    } finally {
      replace(RingLayout.WAITED, RingLayout.OPEN);
      reader = null;
    }
  }

  /** Ends writing: when this returns, no sequence will commit a record any more. */
  void close() {
    for (int slice = 0; slice < region.slices(); slice++) {
      region.setRelease(slice, RingLayout.STATE.displacement(), RingLayout.CLOSED);
    }
    region.fence();
    closed = true;
    signal();
  }

  /** Returns whether {@link #close} is through. */
  boolean closed() {
    return closed;
  }

  private void replace(long state, long next) {
    for (int slice = 0; slice < region.slices(); slice++) {
      region.compareAndSet(slice, RingLayout.STATE.displacement(), state, next);
    }
  }
}
