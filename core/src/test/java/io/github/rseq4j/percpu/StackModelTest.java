package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.StackLayout.BARRED;
import static io.github.rseq4j.percpu.StackLayout.STATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.ModelChecker;
import io.github.rseq4j.sequence.ModelChecker.Actions;
import io.github.rseq4j.sequence.ModelChecker.Answer;
import io.github.rseq4j.sequence.ModelChecker.Call;
import io.github.rseq4j.sequence.ModelChecker.Outcome;
import io.github.rseq4j.sequence.Operand.Constant;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.SequenceBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The stack's sequences and the drainer's protocol, in all interleavings of a few operations. */
class StackModelTest {
  /** Two items, which are one word. */
  private static final int CAPACITY = 2;

  private static final long ITEMS = StackLayout.itemOffset(0);
  private static final int SPARE = (int) StackLayout.itemOffset(CAPACITY);

  /** Behind the stack: what a drain has taken, and what an item stands for. */
  private static final int SLICE_BYTES = SPARE + 2 * Long.BYTES;

  private static final long OBJECT = SPARE + (long) Long.BYTES;

  private record Stack(List<Long> items, long pops) {}

  /** The stack that a state and two items are. */
  private static Stack stack(long state, long items) {
    List<Long> list = new ArrayList<>();
    for (int i = 0; i < StackLayout.count(state); i++) {
      list.add(item(items, i));
    }
    return new Stack(List.copyOf(list), StackLayout.pops(state));
  }

  private static long item(long items, int number) {
    return number == 0 ? items & 0xFFFF_FFFFL : items >>> Integer.SIZE;
  }

  /**
   * What the sequences mean.
   *
   * @param push the sequence that pushes
   * @param drained whether they may find the stack barred
   */
  private record Meaning(Sequence push, boolean drained) implements ModelChecker.Meaning<Stack> {
    @Override
    public Stack of(ModelChecker.Slice slice) {
      return stack(slice.get(STATE.displacement()), slice.get(ITEMS));
    }

    @Override
    public List<Answer<Stack>> answers(Stack before, Call call) {
      List<Answer<Stack>> answers = new ArrayList<>();
      List<Long> items = new ArrayList<>(before.items);
      if (call.sequence() != push) {
        answers.add(
            items.isEmpty()
                ? new Answer<>(before, StackSequences.EMPTY)
                : new Answer<>(
                    new Stack(items.subList(0, items.size() - 1), before.pops + 1),
                    items.getLast()));
      } else if (items.size() == CAPACITY) {
        answers.add(new Answer<>(before, StackSequences.FULL));
      } else {
        items.add(call.value(0));
        answers.add(new Answer<>(new Stack(items, before.pops), StackSequences.PUSHED));
      }
      if (drained) {
        answers.add(new Answer<>(before, StackSequences.BARRED));
      }
      return answers;
    }
  }

  private static final Meaning UNDRAINED = new Meaning(StackSequences.PUSH, false);

  private static Call push(int item) {
    return Call.of(StackSequences.PUSH, item, CAPACITY);
  }

  private static Call pop() {
    return Call.of(StackSequences.POP);
  }

  private static Outcome shown(String name, Outcome outcome) {
    System.out.println("model checker, " + name + ": " + outcome);
    return outcome;
  }

  @Test
  void pushAndPopMeanWhatAStackMeans() {
    Outcome outcome =
        new ModelChecker(SLICE_BYTES)
            .thread("a", push(1), push(2), pop())
            .thread("b", push(3), pop(), pop())
            .aborts(1)
            .check(UNDRAINED);
    assertThat(shown("stacks of two threads", outcome).violation()).isNull();
    assertThat(outcome.states()).isGreaterThan(1_000);
  }

  /** What a drain may do wrong, or the sequences beside it. */
  enum Mistake {
    NONE,
    NO_FENCE,
    BAR_NOT_TESTED,
    BAR_WITHOUT_ACQUIRE,
    BAR_CLEARED_TOO_EARLY
  }

  /** Tests the bar, as the sequences of a drain with a mistake do. */
  private static Consumer<SequenceBuilder> bar(Mistake mistake) {
    return switch (mistake) {
      case NONE, NO_FENCE, BAR_CLEARED_TOO_EARLY -> StackSequences::exitIfBarred;
      case BAR_NOT_TESTED -> s -> {};
      case BAR_WITHOUT_ACQUIRE ->
          s ->
              s.exitIf(
                  s.load64("barred", BARRED),
                  Condition.NOT_EQUAL,
                  0,
                  new Exit("barred", new Constant(StackSequences.BARRED)));
    };
  }

  /** Drains as {@link PerCpuStack#drain} does, and notes what it has taken. */
  private static void drain(Actions on, Mistake mistake) {
    on.setRelease(0, BARRED.displacement(), 1);
    if (mistake != Mistake.NO_FENCE) {
      on.fence(0);
    }
    long state = on.getAcquire(0, STATE.displacement());
    long items = on.get(0, ITEMS);
    if (mistake == Mistake.BAR_CLEARED_TOO_EARLY) {
      on.setRelease(0, BARRED.displacement(), 0);
    }
    on.setRelease(0, STATE.displacement(), state - StackLayout.count(state));
    on.set(0, SPARE, set(stack(state, items).items));
    if (mistake != Mistake.BAR_CLEARED_TOO_EARLY) {
      on.setRelease(0, BARRED.displacement(), 0);
    }
  }

  /** A number in which each item counts up four bits of its own. */
  private static long set(List<Long> items) {
    return items.stream().mapToLong(item -> 1L << (4 * item)).sum();
  }

  private static Outcome drains(Mistake mistake) {
    Sequence push = StackSequences.push(bar(mistake));
    Sequence pop = StackSequences.pop(bar(mistake));
    return new ModelChecker(SLICE_BYTES)
        .thread("a", Call.of(push, 1, CAPACITY), Call.of(pop))
        .thread("b", Call.of(push, 2, CAPACITY), Call.of(pop))
        .thread("drainer", on -> drain(on, mistake))
        .aborts(1)
        .atEnd(
            end -> {
              long in = 0;
              long out = end.slices().getFirst().get(SPARE);
              for (ModelChecker.Slice slice : end.slices()) {
                out += set(UNDRAINED.of(slice).items);
              }
              for (String thread : List.of("a", "b")) {
                List<Long> results = end.results(thread);
                in += results.get(0) == StackSequences.PUSHED ? set(own(thread)) : 0;
                out += results.get(1) < StackSequences.FULL ? set(results.subList(1, 2)) : 0;
              }
              assertThat(out).as("items").isEqualTo(in);
            })
        .check(new Meaning(push, true));
  }

  private static List<Long> own(String thread) {
    return List.of("a".equals(thread) ? 1L : 2L);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsPushedIsPoppedOrDrainedOnceAndEveryMistakeIsFound(Mistake mistake) {
    Outcome outcome = shown("drain, mistake " + mistake, drains(mistake));
    if (mistake == Mistake.NONE) {
      assertThat(outcome.violation()).isNull();
      assertThat(outcome.states()).isGreaterThan(1_000);
    } else {
      assertThat(outcome.violation()).isNotNull();
    }
  }

  /** An object is written before its index is pushed, and read by whoever gets the index. */
  @Test
  void whatWasWrittenBeforeAPushIsSeenAfterAPopOrDrain() {
    Outcome outcome =
        new ModelChecker(SLICE_BYTES)
            .thread(
                "owner",
                on -> {
                  on.set(1, OBJECT, 7);
                  on.run(StackSequences.PUSH, 1, CAPACITY);
                })
            .thread(
                "next",
                on -> {
                  if (on.run(StackSequences.POP) == 1) {
                    assertThat(on.getAcquire(1, OBJECT)).as("object").isEqualTo(7);
                  }
                })
            .thread(
                "drainer",
                on -> {
                  drain(on, Mistake.NONE);
                  if (on.getAcquire(0, SPARE) != 0) {
                    assertThat(on.getAcquire(1, OBJECT)).as("object").isEqualTo(7);
                  }
                })
            .aborts(1)
            .check();
    assertThat(shown("object behind an index", outcome).violation()).isNull();
    assertThat(outcome.states()).isGreaterThan(1_000);
  }
}
