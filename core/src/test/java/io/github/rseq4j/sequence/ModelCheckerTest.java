package io.github.rseq4j.sequence;

import static io.github.rseq4j.sequence.ModelStack.POP;
import static io.github.rseq4j.sequence.ModelStack.PUSH;
import static io.github.rseq4j.sequence.ModelStack.SLICE_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.rseq4j.sequence.ModelChecker.Call;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the model checker explores: no less than can happen, and nothing that cannot. */
class ModelCheckerTest {
  private static final Address X = Address.of("x", 0);
  private static final Address Y = Address.of("y", 8);
  private static final Exit DONE = Exit.of("done", 0);
  private static final int TWO_WORDS = 16;

  private static final Sequence ADD = Sequence.define("add", s -> s.commitAdd64(X, 1, DONE));

  /** Stores y, then commits x; readers may look at both. */
  private static Sequence storeThenCommit(boolean release) {
    return Sequence.define(
        release ? "release" : "plain",
        s -> {
          Value one = s.parameter("one");
          s.store64(Y, one);
          if (release) {
            s.commitRelease64(X, one, DONE);
          } else {
            s.commit64(X, one, DONE);
          }
        });
  }

  @Test
  void threeThreadsPushAndPopAsOnASequentialStack() {
    ModelChecker.Outcome outcome =
        new ModelChecker(SLICE_BYTES)
            .thread("a", Call.of(PUSH, 7), Call.of(POP))
            .thread("b", Call.of(PUSH, 8), Call.of(POP))
            .thread("c", Call.of(PUSH, 9))
            .aborts(1)
            .check(new ModelStack());
    System.out.println("model checker, stack of three threads: " + outcome);
    assertThat(outcome.violation()).isNull();
    assertThat(outcome.states()).isGreaterThan(50_000);
    assertThat(outcome.executions()).isGreaterThan(outcome.states());
  }

  @Test
  void twoThreadsThatAreAbortedTwicePushAndPopAsOnASequentialStack() {
    ModelChecker.Outcome outcome =
        new ModelChecker(SLICE_BYTES)
            .thread("a", Call.of(PUSH, 7), Call.of(POP), Call.of(PUSH, 8))
            .thread("b", Call.of(PUSH, 9), Call.of(POP))
            .aborts(2)
            .check(new ModelStack());
    System.out.println("model checker, stack of two threads: " + outcome);
    assertThat(outcome.violation()).isNull();
    assertThat(outcome.states()).isGreaterThan(10_000);
  }

  @Test
  void countsTheExecutionsOfSingleSteps() {
    // Each begins on one of two CPUs and ends with the same step: two orders, four places.
    ModelChecker.Outcome outcome =
        new ModelChecker(TWO_WORDS)
            .thread("a", Call.of(ADD))
            .thread("b", Call.of(ADD))
            .atEnd(end -> assertThat(end.sum(X.displacement())).isEqualTo(2))
            .check();
    assertThat(outcome.violation()).isNull();
    assertThat(outcome.executions()).isEqualTo(8);
    // Nothing done; one of two done on one of two CPUs; both done: 2-0, 0-2, 1-1.
    assertThat(outcome.states()).isEqualTo(1 + 4 + 3);
  }

  @Test
  void abortsBeforeEveryStepAndRestartsOnBothCpus() {
    Set<Long> seen = new TreeSet<>();
    Sequence sequence =
        Sequence.define(
            "stores",
            s -> {
              Value offset = s.sliceOffset("offset");
              s.store64(X, 1);
              s.store64(Y, 1);
              s.commit64(Y, 2, Exit.of("done", offset));
            });
    ModelChecker.Outcome outcome =
        new ModelChecker(TWO_WORDS)
            .thread("a", Call.of(sequence))
            .aborts(1)
            .atEnd(
                end -> {
                  long here = end.results("a").getFirst() / TWO_WORDS;
                  ModelChecker.Slice there = end.slices().get(1 - (int) here);
                  seen.add(here << 8 | there.get(0) << 4 | there.get(8));
                  assertThat(end.slices().get((int) here).get(8)).isEqualTo(2);
                })
            .check();
    assertThat(outcome.violation()).isNull();
    // On CPU 0 or 1; on the other nothing was done, or the first store, or both.
    assertThat(seen).containsExactly(0x000L, 0x010L, 0x011L, 0x100L, 0x110L, 0x111L);
  }

  /** Returns every pair that a thread reads while another one runs a sequence on CPU 0 or 1. */
  private static Set<String> pairs(boolean release, boolean acquire) {
    Set<String> seen = new TreeSet<>();
    ModelChecker.Outcome outcome =
        new ModelChecker(TWO_WORDS)
            .thread("writer", Call.of(storeThenCommit(release), 1))
            .thread(
                "reader",
                on -> {
                  long x = acquire ? on.getAcquire(0, 0) : on.get(0, 0);
                  long y = on.get(0, 8);
                  seen.add(x + "," + y);
                })
            .aborts(0)
            .check();
    assertThat(outcome.violation()).isNull();
    return seen;
  }

  @Test
  void ordersWhatIsReleasedAndAcquiredAndNothingElse() {
    assertThat(pairs(true, true)).containsExactly("0,0", "0,1", "1,1");
    assertThat(pairs(true, false)).containsExactly("0,0", "0,1", "1,0", "1,1");
    assertThat(pairs(false, true)).containsExactly("0,0", "0,1", "1,0", "1,1");
  }

  @Test
  void storesOfTwoThreadsMayBothBeMissed() {
    Set<String> seen = new TreeSet<>();
    ModelChecker.Outcome outcome =
        new ModelChecker(TWO_WORDS)
            .thread(
                "a",
                on -> {
                  on.setRelease(0, 0, 1);
                  on.setRelease(0, 8, 2 + on.getAcquire(1, 0));
                })
            .thread(
                "b",
                on -> {
                  on.setRelease(1, 0, 1);
                  on.setRelease(1, 8, 2 + on.getAcquire(0, 0));
                })
            .atEnd(end -> seen.add(end.slices().get(0).get(8) + "," + end.slices().get(1).get(8)))
            .check();
    assertThat(outcome.violation()).isNull();
    assertThat(seen).containsExactly("2,2", "2,3", "3,2", "3,3");
  }

  @Test
  void oneWordIsReadInOrderByAcquireOnly() {
    Set<String> plain = new TreeSet<>();
    Set<String> acquire = new TreeSet<>();
    new ModelChecker(TWO_WORDS)
        .thread("writer", on -> on.set(0, 0, 1))
        .thread("plain", on -> plain.add(on.get(0, 0) + "," + on.get(0, 0)))
        .thread("acquire", on -> acquire.add(on.getAcquire(0, 0) + "," + on.getAcquire(0, 0)))
        .check();
    assertThat(plain).containsExactly("0,0", "0,1", "1,0", "1,1");
    assertThat(acquire).containsExactly("0,0", "0,1", "1,1");
  }

  @Test
  void threadsOfOneCpuSeeWhatWasStoredThere() {
    Sequence read = Sequence.define("read", s -> s.commit64(Y, 1, Exit.of("x", s.load64("x", X))));
    ModelChecker.Outcome outcome =
        new ModelChecker(TWO_WORDS)
            .thread("a", on -> on.run(ADD))
            .thread("b", on -> on.run(ADD))
            .thread("c", on -> on.run(read))
            .atEnd(
                end -> {
                  long here = end.slices().get(0).get(8) == 1 ? 0 : 1;
                  assertThat(end.results("c").getFirst())
                      .isBetween(0L, end.slices().get((int) here).get(0));
                  assertThat(end.sum(0)).isEqualTo(2);
                })
            .check();
    assertThat(outcome.violation()).isNull();
  }

  @Test
  void aProgramGoesOnOnAnyCpu() {
    Program twice = Program.of("twice", ADD, ADD);
    Set<String> seen = new TreeSet<>();
    ModelChecker.Outcome outcome =
        new ModelChecker(TWO_WORDS)
            .thread("a", on -> on.run(twice))
            .aborts(0)
            .atEnd(end -> seen.add(end.slices().get(0).get(0) + "," + end.slices().get(1).get(0)))
            .check();
    assertThat(outcome.violation()).isNull();
    assertThat(seen).containsExactly("0,2", "1,1", "2,0");
  }

  @Test
  void aCopyIsAbortedBetweenItsWordsAndArrivesInAnyOrder() {
    Set<String> seen = new TreeSet<>();
    Sequence copy =
        Sequence.define(
            "copy",
            s -> {
              Source source = s.source("source");
              s.copy(X, source, source.size(), TWO_WORDS);
              s.commitAdd64(Address.of("commit", TWO_WORDS), 1, DONE);
            });
    ModelChecker.Outcome outcome =
        new ModelChecker(TWO_WORDS + Long.BYTES)
            .thread("writer", Call.of(copy, MemorySegment.ofArray(new long[] {1, 1})))
            .thread("reader", on -> seen.add(on.get(0, 0) + "," + on.get(0, 8)))
            .aborts(1)
            .atEnd(
                end -> {
                  ModelChecker.Slice slice = end.slices().getFirst();
                  seen.add(slice.get(0) + " then " + slice.get(8));
                })
            .check();
    assertThat(outcome.violation()).isNull();
    assertThat(seen)
        .containsExactly("0 then 0", "0,0", "0,1", "1 then 0", "1 then 1", "1,0", "1,1");
  }

  @Test
  void memoryOfTheCallerHoldsWhatItsOwnExecutionHasWritten() {
    Sequence swap =
        Sequence.define(
            "swap",
            s -> {
              Source from = s.source("from");
              Destination to = s.destination("to");
              s.copyOut(to, X, to.size(), TWO_WORDS);
              s.copy(X, from, from.size(), TWO_WORDS);
              s.commit64(Address.of("commit", TWO_WORDS), 1, DONE);
            });
    Set<String> seen = new TreeSet<>();
    ModelChecker.Outcome outcome =
        new ModelChecker(TWO_WORDS + Long.BYTES)
            .thread(
                "a",
                on -> {
                  MemorySegment old = MemorySegment.ofArray(new byte[3]);
                  on.run(swap, MemorySegment.ofArray(new byte[] {1, 2, 3}), old);
                  assertThat(old.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
                  on.run(swap, MemorySegment.ofArray(new byte[] {4, 5, 6}), old);
                  seen.add(Arrays.toString(old.toArray(ValueLayout.JAVA_BYTE)));
                })
            .aborts(0)
            .check();
    assertThat(outcome.violation()).isNull();
    // The second run is on the other CPU or on the same.
    assertThat(seen).containsExactly("[0, 0, 0]", "[1, 2, 3]");
  }

  @Test
  void partsOfWordsAreStoredAndLoadedAcrossWords() {
    Address inside = Address.of("inside", 5);
    Sequence sequence =
        Sequence.define(
            "parts",
            s -> {
              s.store64(inside, 0x0102030405060708L);
              s.store(Width.BITS_8, X.plus(1), new Operand.Constant(0xff));
              s.commit(Width.BITS_64, Y.plus(8), s.load64("all", inside), DONE);
            });
    new ModelChecker(3 * Long.BYTES)
        .thread("a", Call.of(sequence))
        .aborts(0)
        .atEnd(
            end -> {
              assertThat(end.sum(0)).isEqualTo(0x060708_000000_ff00L);
              assertThat(end.sum(8)).isEqualTo(0x0102030405L);
              assertThat(end.sum(16)).isEqualTo(0x0102030405060708L);
            })
        .check();
  }

  @Test
  void showsTheStepsThatLeadToAViolation() {
    ModelChecker.Outcome outcome =
        new ModelChecker(TWO_WORDS)
            .thread("writer", Call.of(storeThenCommit(false), 1))
            .thread("reader", on -> assertThat(on.get(1, 8)).as("y").isZero())
            .check();
    ModelChecker.Violation violation = Objects.requireNonNull(outcome.violation());
    assertThat(violation.message()).isEqualTo("[y] expected: 0L but was: 1L");
    assertThat(violation.trace())
        .contains("writer, CPU 1: plain, step 0: store64 [y] = one")
        .endsWith("reader: get [8] of CPU 1 is 0x1");
    assertThat(outcome.toString()).contains("states", "executions", "writer, CPU 1");
  }

  @Test
  void anExceptionOfAScriptIsNoViolation() {
    ModelChecker checker =
        new ModelChecker(TWO_WORDS)
            .thread(
                "a",
                on -> {
                  throw new IllegalStateException("broken script");
                });
    assertThatIllegalStateException().isThrownBy(checker::check).withMessage("broken script");
  }

  @Test
  void refusesBadInput() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ModelChecker(12))
        .withMessage("slice of 12 bytes is not a positive multiple of 8");
    assertThatIllegalArgumentException().isThrownBy(() -> new ModelChecker(0));
    ModelChecker checker = new ModelChecker(TWO_WORDS).thread("a", Call.of(ADD));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> checker.thread("a", Call.of(ADD)))
        .withMessage("there is a thread a already");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> checker.aborts(-1))
        .withMessage("-1 aborts are below 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ModelChecker(8).thread("a", Call.of(PUSH, 1)).check())
        .withMessageContaining("does not fit into 8");
    assertRefused(on -> on.get(2, 0), "CPU 2 is not in 0..1");
    assertRefused(on -> on.fence(-1), "CPU -1 is not in 0..1");
    assertRefused(on -> on.set(0, 16, 1), "offset 16 is not that of a word in 0..8");
    assertRefused(on -> on.getAcquire(0, 4), "offset 4 is not that of a word in 0..8");
    assertRefused(on -> on.setRelease(0, -8, 1), "offset -8 is not that of a word in 0..8");
    assertRefused(on -> on.run(ADD, 1), "add takes 0 arguments, not 1");
  }

  private static void assertRefused(ModelChecker.Script script, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ModelChecker(TWO_WORDS).thread("a", script).check())
        .withMessage(message);
  }
}
