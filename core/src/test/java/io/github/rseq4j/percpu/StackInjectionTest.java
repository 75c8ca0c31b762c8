package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.rseq.Disturbance;
import io.github.rseq4j.internal.rseq.HeldSequence;
import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Sequence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds and disturbs a thread at every point of a push and of a pop; each takes effect once. */
class StackInjectionTest {
  private static final int CAPACITY = 2;
  private static final int ITEM = 0x7EDC_BA98;

  /** What the slices hold, by how full they are at first. */
  private static Region stacks(int count) {
    Region region =
        Region.allocate(StackLayout.sliceBytes(CAPACITY), StackSequences.PUSH, StackSequences.POP);
    for (int slice = 0; slice < region.slices(); slice++) {
      // Two items a word, the number of the slice in both.
      region.setRelease(slice, StackLayout.itemOffset(0), slice | (long) slice << Integer.SIZE);
      region.setRelease(slice, StackLayout.STATE.displacement(), count);
    }
    return region;
  }

  /** The states of the slices that are not as they were made. */
  private static List<Long> changed(Region region, int count) {
    List<Long> states = new ArrayList<>();
    for (int slice = 0; slice < region.slices(); slice++) {
      long state = region.getAcquire(slice, StackLayout.STATE.displacement());
      if (state != count) {
        states.add(state);
      }
    }
    return states;
  }

  /** Does to a sequence at every of its points what a disturbance is. */
  private static void atEveryPoint(Disturbance disturbance, Sequence sequence, Held held)
      throws Exception {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    assumeTrue(
        disturbance != Disturbance.MIGRATION || CpuSet.allowed().count() > 1,
        "there is no other CPU to migrate to");
    int home = CpuSet.allowed().ids().nextSetBit(0);
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence linked = new HeldSequence(sequence, index);
      linked.atEveryPoint(
          point -> held.tried(arguments -> linked.call(point, home, disturbance, arguments)));
    }
  }

  /** Calls a sequence that is held and disturbed at a point. */
  private interface Call {
    HeldSequence.Outcome on(Object... arguments) throws Exception;
  }

  /** What is done at a point. */
  private interface Held {
    /** Returns whether the thread was disturbed there. */
    boolean tried(Call call) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void aPushIsRestartedAndPushesOnce(Disturbance disturbance) throws Exception {
    atEveryPoint(
        disturbance,
        StackSequences.PUSH,
        call -> {
          Region region = stacks(1);
          HeldSequence.Outcome pushed = call.on(region, 0L, (long) ITEM, (long) CAPACITY);
          assertThat(pushed.result()).isEqualTo(StackSequences.PUSHED);
          assertThat(changed(region, 1)).containsExactly(2L);
          assertThat(itemsPushed(region)).isEqualTo(1);
          Region full = stacks(CAPACITY);
          HeldSequence.Outcome refused = call.on(full, 0L, (long) ITEM, (long) CAPACITY);
          assertThat(refused.result()).isEqualTo(StackSequences.FULL);
          assertThat(changed(full, CAPACITY)).isEmpty();
          return pushed.disturbed();
        });
  }

  /** Counts the stacks whose second item is the one that is pushed; the first must be as it was. */
  private static int itemsPushed(Region region) {
    int items = 0;
    for (int slice = 0; slice < region.slices(); slice++) {
      long both = region.getAcquire(slice, StackLayout.itemOffset(0));
      assertThat((int) both).as("the item below").isEqualTo(slice);
      long state = region.getAcquire(slice, StackLayout.STATE.displacement());
      items += state == 2 && both >>> Integer.SIZE == ITEM ? 1 : 0;
    }
    return items;
  }

  @ParameterizedTest
  @EnumSource
  void aPopIsRestartedAndPopsOnce(Disturbance disturbance) throws Exception {
    atEveryPoint(
        disturbance,
        StackSequences.POP,
        call -> {
          Region region = stacks(CAPACITY);
          HeldSequence.Outcome popped = call.on(region, 0L);
          assertThat(changed(region, CAPACITY)).containsExactly(CAPACITY + StackLayout.POP);
          int slice = (int) popped.result();
          assertThat(region.getAcquire(slice, StackLayout.STATE.displacement()))
              .as("state of the slice that the item is from")
              .isEqualTo(CAPACITY + StackLayout.POP);
          Region empty = stacks(0);
          assertThat(call.on(empty, 0L).result()).isEqualTo(StackSequences.EMPTY);
          assertThat(changed(empty, 0)).isEmpty();
          return popped.disturbed();
        });
  }
}
