package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.QueueLayout.CAPACITY;
import static io.github.rseq4j.percpu.QueueLayout.HEAD;
import static io.github.rseq4j.percpu.QueueLayout.LIMIT;
import static io.github.rseq4j.percpu.QueueLayout.ROUTE;
import static io.github.rseq4j.percpu.QueueLayout.TAIL;

import io.github.rseq4j.internal.rseq.RegionLinker;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Sequence;
import java.lang.invoke.MethodHandle;

/** The sequence by which places of a {@link PerCpuQueue} are dealt out. */
final class QueueSequences {
  static final int FULL = 0;

  /** What {@link #CLAIM} returns for a slice without a part, above the offset of the slice. */
  static final int UNREADY = 1;

  /**
   * Claims the next place of this CPU's part.
   *
   * <p>Returns the claim, or {@link #FULL}, or the offset of the slice in the region plus {@link
   * #UNREADY}, which is below all claims.
   *
   * <p>The head is looked at only when the tail has come to the limit, so that its cache line stays
   * with the consumer meanwhile. The limit grows only, and is right whoever has stored it: a
   * sequence that is aborted behind that store leaves what it has found out.
   */
  static final Sequence CLAIM =
      Sequence.define(
          "queue_claim",
          s -> {
            var mask = s.parameter("mask");
            var tail = s.load64("tail", TAIL);
            var limit = s.load64("limit", LIMIT);
            var free = s.label("free");
            s.skipIf(tail, Condition.BELOW, limit, free);
            var capacity = s.loadAcquire64("capacity", CAPACITY);
            var slice = s.sliceOffset("slice");
            var unready = s.add("unready", slice, UNREADY);
            s.exitIf(capacity, Condition.EQUAL, 0, Exit.of("unready", unready));
            var head = s.loadAcquire64("head", HEAD);
            var end = s.add("end", head, capacity);
            s.exitIf(tail, Condition.AT_LEAST, end, Exit.of("full", FULL));
            s.store64(LIMIT, end);
            s.land(free);
            var next = s.add("next", tail, 1);
            var place = s.and("place", tail, mask);
            var route = s.load64("route", ROUTE);
            var claim = s.add("claim", route, place);
            s.commit64(TAIL, next, Exit.of("claimed", claim));
          });

  static final MethodHandle CLAIM_HANDLE = RegionLinker.link(CLAIM);

  private QueueSequences() {}
}
