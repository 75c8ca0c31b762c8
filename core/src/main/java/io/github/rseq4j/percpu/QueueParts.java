package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The places of a {@link PerCpuQueue}, which has the essay; for any thread. */
final class QueueParts {
  private static final VarHandle CONTENTS = MethodHandles.arrayElementVarHandle(Object[].class);

  private final Region region;
  private final @Nullable Object[] @Nullable [] parts;
  private final long mask;

  /**
   * Makes places that are empty.
   *
   * @param capacity how many there are in each part, a power of two
   */
  QueueParts(int capacity) {
    region = Region.allocate(QueueLayout.SLICE_BYTES, QueueSequences.CLAIM);
    parts = new Object[region.slices()] @Nullable [];
    mask = capacity - 1L;
    tellProducers(false);
  }

  int capacity() {
    return (int) mask + 1;
  }

  int slices() {
    return parts.length;
  }

  /**
   * Claims a place, with what was written before released.
   *
   * @return the claim, or {@link QueueSequences#FULL}
   */
  long claim() {
    VarHandle.releaseFence();
    while (true) {
      long result;
      try {
        result = (long) QueueSequences.CLAIM_HANDLE.invokeExact(region, mask);
      } catch (Throwable e) {
        throw Failures.unexpected(e);
      } finally {
        Reference.reachabilityFence(region);
      }
      if (result == QueueSequences.FULL || QueueLayout.isClaim(result)) {
        return result;
      }
      makePart((int) (result / region.stride()));
    }
  }

  private void makePart(int slice) {
    synchronized (parts) {
      if (parts[slice] == null) {
        parts[slice] = new Object[QueueLayout.partLength(capacity())];
        region.setRelease(slice, QueueLayout.CAPACITY.displacement(), capacity());
      }
    }
  }

  /** Puts something into the place that was claimed; it is not to fail. */
  void fill(long claim, Object content) {
    Objects.requireNonNull(parts[QueueLayout.slice(claim)])[QueueLayout.index(claim)] = content;
  }

  /** Returns the position of a place that was claimed and is not filled. */
  long position(long claim) {
    long tail = tail(QueueLayout.slice(claim));
    return QueueLayout.position(QueueLayout.index(claim), tail, (int) mask);
  }

  /** Returns what is in the place of a position, null if nothing is. */
  @Nullable Object content(int slice, long position) {
    var part = parts[slice];
    return part == null
        ? null
        : (Object) CONTENTS.getAcquire(part, QueueLayout.index(position, (int) mask));
  }

  /** Replaces what is in the place of a position; for the consumer. */
  void replace(int slice, long position, @Nullable Object content) {
    CONTENTS.setRelease(parts[slice], QueueLayout.index(position, (int) mask), content);
  }

  long head(int slice) {
    return region.getAcquire(slice, QueueLayout.HEAD.displacement());
  }

  /** Gives the places below a position back; for the consumer. */
  void setHead(int slice, long head) {
    region.setRelease(slice, QueueLayout.HEAD.displacement(), head);
  }

  long tail(int slice) {
    return region.getAcquire(slice, QueueLayout.TAIL.displacement());
  }

  /** Returns how many places of a slice are claimed or filled. */
  long used(int slice) {
    // In this order, so that the tail is not behind the head.
    long head = head(slice);
    return tail(slice) - head;
  }

  /** Returns the room in the fullest part. */
  int room() {
    long most = 0;
    for (int slice = 0; slice < parts.length; slice++) {
      most = Math.max(most, used(slice));
    }
    return (int) Math.max(capacity() - most, 0);
  }

  /** Tells producers from now on whether to look for a waiting consumer. */
  void tellProducers(boolean awaited) {
    for (int slice = 0; slice < parts.length; slice++) {
      region.setRelease(slice, QueueLayout.ROUTE.displacement(), QueueLayout.route(slice, awaited));
    }
  }

  /** Makes all claims that are under way be made, or begin again. */
  void fence() {
    region.fence();
  }
}
