package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.rseq.Disturbance;
import io.github.rseq4j.internal.rseq.HeldSequence;
import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.sequence.IndexKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Disturbs a thread at every point of claiming a place: it claims exactly one, or none. */
class QueueInjectionTest {
  private static final int CAPACITY = 4;
  private static final long TAIL = 6;

  /** What a slice is like. */
  private enum State {
    /** The limit is the tail, and the head shows that there is room. */
    AT_LIMIT(CAPACITY, TAIL, 3),
    /** The limit is above the tail, so nobody looks at the head. */
    BELOW_LIMIT(CAPACITY, TAIL + 1, 3),
    FULL(CAPACITY, TAIL, TAIL - CAPACITY),
    UNREADY(0, 0, TAIL);

    private final long capacity;
    private final long limit;
    private final long head;

    State(long capacity, long limit, long head) {
      this.capacity = capacity;
      this.limit = limit;
      this.head = head;
    }

    Region region() {
      Region region = Region.allocate(QueueLayout.SLICE_BYTES, QueueSequences.CLAIM);
      for (int slice = 0; slice < region.slices(); slice++) {
        region.setRelease(slice, QueueLayout.ROUTE.displacement(), QueueLayout.route(slice, true));
        region.setRelease(slice, QueueLayout.TAIL.displacement(), TAIL);
        region.setRelease(slice, QueueLayout.CAPACITY.displacement(), capacity);
        region.setRelease(slice, QueueLayout.LIMIT.displacement(), limit);
        region.setRelease(slice, QueueLayout.HEAD.displacement(), head);
      }
      return region;
    }

    void check(Region region, long result) {
      long claims = region.sum(QueueLayout.TAIL.displacement()) - TAIL * region.slices();
      switch (this) {
        case FULL -> assertThat(result).isEqualTo(QueueSequences.FULL);
        case UNREADY -> assertThat(result % region.stride()).isEqualTo(QueueSequences.UNREADY);
        case AT_LIMIT, BELOW_LIMIT -> {
          assertThat(QueueLayout.isClaim(result)).isTrue();
          assertThat(QueueLayout.isAwaited(result)).isTrue();
          assertThat(QueueLayout.index(result)).isEqualTo(QueueLayout.index(TAIL, CAPACITY - 1));
          int slice = QueueLayout.slice(result);
          assertThat(region.getAcquire(slice, QueueLayout.TAIL.displacement())).isEqualTo(TAIL + 1);
        }
      }
      assertThat(claims).isEqualTo(QueueLayout.isClaim(result) ? 1 : 0);
      for (int slice = 0; slice < region.slices(); slice++) {
        // It may have been found out on a CPU that the thread was moved from.
        assertThat(region.getAcquire(slice, QueueLayout.LIMIT.displacement()))
            .isIn(limit, head + CAPACITY);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void claimsOnePlaceIfThereIsOne(Disturbance disturbance) throws Exception {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    assumeTrue(
        disturbance != Disturbance.MIGRATION || CpuSet.allowed().count() > 1,
        "nowhere to migrate to");
    int home = CpuSet.allowed().ids().nextSetBit(0);
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence claim = new HeldSequence(QueueSequences.CLAIM, index);
      claim.atEveryPoint(
          point -> {
            boolean disturbed = false;
            for (State state : State.values()) {
              Region region = state.region();
              HeldSequence.Outcome outcome =
                  claim.call(point, home, disturbance, region, 0L, CAPACITY - 1L);
              state.check(region, outcome.result());
              disturbed |= outcome.disturbed();
            }
            return disturbed;
          });
    }
  }
}
