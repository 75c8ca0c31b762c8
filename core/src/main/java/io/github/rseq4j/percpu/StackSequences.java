package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.StackLayout.STATE;

import io.github.rseq4j.internal.rseq.RegionLinker;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Operand.Constant;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.SequenceBuilder;
import io.github.rseq4j.sequence.Width;
import java.lang.invoke.MethodHandle;
import java.util.function.Consumer;

/** The sequences of a {@link PerCpuStack}. */
final class StackSequences {
  static final long PUSHED = 0;

  /** The results that are not items are above all of these. */
  static final long FULL = 1L << Integer.SIZE;

  static final long EMPTY = FULL + 1;

  static final long BARRED = FULL + 2;

  static final Sequence PUSH = push(StackSequences::exitIfBarred);
  static final Sequence POP = pop(StackSequences::exitIfBarred);

  static final MethodHandle PUSH_HANDLE = RegionLinker.link(PUSH);
  static final MethodHandle POP_HANDLE = RegionLinker.link(POP);

  private StackSequences() {}

  /**
   * Makes the sequence that pushes the low 32 bits of {@code item}.
   *
   * <p>It returns {@link #PUSHED}, {@link #FULL} or {@link #BARRED}.
   *
   * @param bar appends the steps that leave a slice alone that somebody else works on
   */
  static Sequence push(Consumer<SequenceBuilder> bar) {
    return Sequence.define(
        "stack_push",
        s -> {
          var item = s.parameter("item");
          var capacity = s.parameter("capacity");
          bar.accept(s);
          var state = s.load64("state", STATE);
          var count = s.and("count", state, StackLayout.MAX_COUNT);
          s.exitIf(count, Condition.AT_LEAST, capacity, exit("full", FULL));
          s.store(Width.BITS_32, StackLayout.item(count), item);
          s.commit64(STATE, s.add("pushed", state, StackLayout.PUSH), exit("pushed", PUSHED));
        });
  }

  /**
   * Makes the sequence that pops an item.
   *
   * <p>It returns the item, {@link #EMPTY} or {@link #BARRED}.
   *
   * @param bar as in {@link #push}
   */
  static Sequence pop(Consumer<SequenceBuilder> bar) {
    return Sequence.define(
        "stack_pop",
        s -> {
          bar.accept(s);
          var state = s.load64("state", STATE);
          var count = s.and("count", state, StackLayout.MAX_COUNT);
          s.exitIf(count, Condition.EQUAL, 0, exit("empty", EMPTY));
          var top = s.subtract("top", count, 1);
          var item = s.load("item", Width.BITS_32, StackLayout.item(top));
          s.commit64(STATE, s.add("popped", state, StackLayout.POP), Exit.of("popped", item));
        });
  }

  static void exitIfBarred(SequenceBuilder s) {
    var barred = s.loadAcquire64("barred", StackLayout.BARRED);
    s.exitIf(barred, Condition.NOT_EQUAL, 0, exit("barred", BARRED));
  }

  private static Exit exit(String name, long result) {
    return new Exit(name, new Constant(result));
  }
}
