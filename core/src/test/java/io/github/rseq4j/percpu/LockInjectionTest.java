package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.rseq.Disturbance;
import io.github.rseq4j.internal.rseq.HeldSequence;
import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.sequence.IndexKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Disturbs a thread at every point of taking a lock: it takes exactly one, or none if held. */
class LockInjectionTest {
  private static final long HOLDER = LockLayout.HOLDER.displacement();
  private static final long BARRED = LockLayout.BARRED.displacement();
  private static final long TAKER = 5;
  private static final long OTHER = 7;

  private int home;

  @BeforeEach
  void requireRseq() {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    home = CpuSet.allowed().ids().nextSetBit(0);
  }

  @ParameterizedTest
  @EnumSource
  void takesOneLockThatIsFreeAndNoneThatIsHeldOrBarred(Disturbance disturbance) throws Exception {
    assumeTrue(
        disturbance != Disturbance.MIGRATION || CpuSet.allowed().count() >= 2,
        "one CPU only: nowhere to migrate to");
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence lock = new HeldSequence(LockLayout.LOCK, index);
      lock.atEveryPoint(
          point -> {
            Region free = locks(HOLDER, 0);
            HeldSequence.Outcome taken = lock.call(point, home, disturbance, free, 0L, TAKER);
            assertThat(free.getAcquire(taken.result() + HOLDER)).isEqualTo(TAKER);
            assertThat(free.sum(HOLDER)).isEqualTo(TAKER);

            Region held = locks(HOLDER, OTHER);
            HeldSequence.Outcome refused = lock.call(point, home, disturbance, held, 0L, TAKER);
            assertThat(refused.result()).isEqualTo(LockLayout.HELD);
            assertThat(held.sum(HOLDER)).isEqualTo(OTHER * held.slices());

            Region barred = locks(BARRED, 1);
            HeldSequence.Outcome kept = lock.call(point, home, disturbance, barred, 0L, TAKER);
            assertThat(kept.result()).isEqualTo(LockLayout.HELD);
            assertThat(barred.sum(HOLDER)).isZero();
            return taken.disturbed() || refused.disturbed() || kept.disturbed();
          });
    }
  }

  private static Region locks(long offset, long value) {
    Region region = Region.allocate(LockLayout.SLICE_BYTES, LockLayout.LOCK);
    for (int slice = 0; slice < region.slices(); slice++) {
      region.setRelease(slice, offset, value);
    }
    return region;
  }
}
