package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.BankedLayout.BANK_0;
import static io.github.rseq4j.percpu.BankedLayout.CURRENT;
import static io.github.rseq4j.percpu.ModelOutcomes.assertCorrect;
import static io.github.rseq4j.percpu.ModelOutcomes.assertFound;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.ModelChecker;
import io.github.rseq4j.sequence.ModelChecker.Actions;
import io.github.rseq4j.sequence.ModelChecker.Answer;
import io.github.rseq4j.sequence.ModelChecker.Call;
import io.github.rseq4j.sequence.ModelChecker.Outcome;
import io.github.rseq4j.sequence.Operation;
import io.github.rseq4j.sequence.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** {@link BankedCell}'s sequences and its emptying, in all interleavings of a few operations. */
class BankedModelTest {
  /** Behind the cell, for what a test has to remember. */
  private static final long TAKEN = BankedLayout.BYTES;

  private static final int SLICE_BYTES = BankedLayout.BYTES + 2 * Long.BYTES;

  /** Both banks; a sequence may put its value into either, for it can be the current one. */
  private record Meaning(BankedCell.Merge merge) implements ModelChecker.Meaning<List<Long>> {
    @Override
    public List<Long> of(ModelChecker.Slice slice) {
      return List.of(slice.get(BankedLayout.bank(0)), slice.get(BankedLayout.bank(1)));
    }

    @Override
    public List<Answer<List<Long>>> answers(List<Long> before, Call call) {
      List<Answer<List<Long>>> answers = new ArrayList<>();
      for (int bank = 0; bank < 2; bank++) {
        List<Long> after = new ArrayList<>(before);
        after.set(bank, merge.of(before.get(bank), call.value(0)));
        answers.add(
            after.equals(before)
                ? new Answer<>(before, BankedSequences.UNCHANGED)
                : new Answer<>(List.copyOf(after), BankedSequences.CHANGED));
      }
      return answers;
    }
  }

  /** What whoever empties may do wrong. */
  private enum Emptying {
    CORRECT,
    WITHOUT_FENCE,
    BEFORE_FENCE
  }

  /** Empties as {@link BankedCell#getThenEmpty} does, and returns what it took. */
  private static long empty(Actions on, Emptying emptying) {
    for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
      long current = on.getAcquire(cpu, CURRENT.displacement());
      if (on.getAcquire(cpu, BankedLayout.bank(current)) != 0) {
        on.setRelease(cpu, CURRENT.displacement(), 1 - current);
      }
    }
    if (emptying == Emptying.CORRECT) {
      fence(on);
    }
    long all = 0;
    for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
      long other = BankedLayout.bank(1 - on.getAcquire(cpu, CURRENT.displacement()));
      long value = on.getAcquire(cpu, other);
      if (value != 0) {
        all |= value;
        on.setRelease(cpu, other, 0);
      }
    }
    if (emptying == Emptying.BEFORE_FENCE) {
      fence(on);
    }
    return all;
  }

  private static void fence(Actions on) {
    for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
      on.fence(cpu);
    }
  }

  private static long left(ModelChecker.End end) {
    return end.sum(BankedLayout.bank(0)) + end.sum(BankedLayout.bank(1));
  }

  @Test
  void accumulationsMeanWhatTheirOperationMeans() {
    for (BankedCell.Merge merge : BankedCell.Merge.values()) {
      Sequence sequence =
          switch (merge) {
            case MAX -> BankedSequences.MAX;
            case OR -> BankedSequences.OR;
            case ADD_DOUBLE -> BankedSequences.ADD_DOUBLE;
          };
      long[] values =
          merge == BankedCell.Merge.ADD_DOUBLE
              ? DoubleStream.of(1, -0.5, 3, 0.1).mapToLong(Double::doubleToRawLongBits).toArray()
              : new long[] {1, -2, 5, 4};
      Outcome outcome =
          new ModelChecker(BankedLayout.BYTES)
              .thread("a", Call.of(sequence, values[0]), Call.of(sequence, values[1]))
              .thread("b", Call.of(sequence, values[2]), Call.of(sequence, values[3]))
              .thread(
                  "switch",
                  on -> {
                    for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
                      on.setRelease(cpu, CURRENT.displacement(), 1);
                    }
                  })
              .aborts(1)
              .check(new Meaning(merge));
      assertCorrect("accumulate " + merge, outcome, 1_000);
    }
  }

  /** Three bits, two apart, and one who takes them twice: what was taken or left adds up. */
  private static Outcome takes(Sequence or, Emptying emptying) {
    return new ModelChecker(SLICE_BYTES)
        .thread("a", Call.of(or, 1), Call.of(or, 4))
        .thread("b", Call.of(or, 16))
        .thread(
            "taker",
            on -> {
              on.set(0, TAKEN, empty(on, emptying));
              on.set(1, TAKEN, empty(on, emptying));
            })
        .aborts(1)
        .atEnd(end -> assertThat(end.sum(TAKEN) + left(end)).as("each exactly once").isEqualTo(21))
        .check();
  }

  @Test
  void eachValueIsTakenExactlyOnce() {
    assertCorrect("emptying", takes(BankedSequences.OR, Emptying.CORRECT), 1_000);
  }

  @Test
  void takingWithoutAFenceIsFound() {
    assertFound("no fence", takes(BankedSequences.OR, Emptying.WITHOUT_FENCE), "exactly once");
    assertFound("late fence", takes(BankedSequences.OR, Emptying.BEFORE_FENCE), "exactly once");
  }

  /** As {@link BankedSequences#OR}, but what it loads is not ordered behind {@code current}. */
  private static Sequence unordered() {
    return Sequence.define(
        "unordered",
        s -> {
          var value = s.parameter("value");
          var current = s.load64("current", CURRENT);
          var other = s.label("other");
          s.skipIf(current, Condition.NOT_EQUAL, 0, other);
          for (int bank = 0; bank < 2; bank++) {
            var address = BANK_0.plus(bank * Long.BYTES);
            var both = s.compute("both", Operation.OR, value, s.load64("old", address));
            s.commit64(address, both, Exit.of("changed", 0));
            if (bank == 0) {
              s.land(other);
            }
          }
        });
  }

  @Test
  void aBankThatIsNotAcquiredIsFound() {
    assertFound("current without acquire", takes(unordered(), Emptying.CORRECT), "exactly once");
  }
}
