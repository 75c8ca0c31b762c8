package io.github.rseq4j.sequence;

import static io.github.rseq4j.sequence.Verdict.accepted;
import static io.github.rseq4j.sequence.Verdict.refused;

import io.github.rseq4j.sequence.Operand.Constant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the verifier accepts and refuses, by the rules about paths; see {@link LimitsTest}. */
class VerifierTest {
  private static final Address WORD = Address.of("word", 8);
  private static final Exit DONE = Exit.of("done", 0);
  private static final Constant ZERO = new Constant(0);

  @Nested
  class OneCommit {
    @Test
    void atTheEndOfAPath() {
      accepted(s -> s.commit64(WORD, ZERO, DONE));
    }

    @Test
    void onEachOfTwoPaths() {
      accepted(
          s -> {
            Value way = s.parameter("way");
            Label other = s.label("other");
            s.skipIf(way, Condition.EQUAL, ZERO, other);
            s.commit64(WORD, ZERO, DONE);
            s.land(other);
            s.commitAdd64(WORD, 1, DONE);
          });
    }

    @Test
    void isNotTwo() {
      refused(
          Rule.ONE_COMMIT,
          1,
          "second commit",
          s -> {
            s.commit64(WORD, ZERO, DONE);
            s.commitAdd64(WORD, 1, DONE);
          });
    }

    @Test
    void isNotNone() {
      refused(Rule.ONE_COMMIT, 0, "ends without a commit", s -> {});
      refused(Rule.ONE_COMMIT, 1, "ends without a commit", s -> s.load64("v", WORD));
    }

    @Test
    void isNotReplacedByAnExitThatMayNotBeTaken() {
      refused(
          Rule.ONE_COMMIT,
          1,
          "ends without a commit",
          s -> s.exitIf(s.parameter("v"), Condition.EQUAL, 0, DONE));
    }

    @Test
    void isNotMissingOnAPathThatSkipsIt() {
      refused(
          Rule.ONE_COMMIT,
          3,
          "ends without a commit",
          s -> {
            Value way = s.parameter("way");
            Label end = s.label("end");
            s.skipIf(way, Condition.EQUAL, ZERO, end);
            s.commit64(WORD, ZERO, DONE);
            s.land(end);
          });
    }
  }

  @Nested
  class NothingAfterCommit {
    @Test
    void butALabelThatSkipsLeadTo() {
      accepted(
          s -> {
            Value way = s.parameter("way");
            Label other = s.label("other");
            s.skipIf(way, Condition.EQUAL, ZERO, other);
            s.commit64(WORD, ZERO, DONE);
            s.land(other);
            s.store64(WORD, way);
            s.commit64(WORD, ZERO, DONE);
          });
    }

    @Test
    void noStore() {
      refused(
          Rule.NOTHING_AFTER_COMMIT,
          1,
          "store64 [word] = 0",
          s -> {
            s.commit64(WORD, ZERO, DONE);
            s.store64(WORD, ZERO);
          });
    }

    @Test
    void noLoad() {
      refused(
          Rule.NOTHING_AFTER_COMMIT,
          1,
          "v = load64 [word]",
          s -> {
            s.commitAdd64(WORD, 1, DONE);
            s.load64("v", WORD);
          });
    }

    @Test
    void noLabelThatNoSkipLeadsTo() {
      refused(
          Rule.NOTHING_AFTER_COMMIT,
          1,
          "no path leads here",
          s -> {
            s.commit64(WORD, ZERO, DONE);
            s.land(s.label("nowhere"));
            s.commit64(WORD, ZERO, DONE);
          });
    }
  }

  @Nested
  class ForwardOnly {
    @Test
    void toALabelThatIsPlacedLater() {
      accepted(
          s -> {
            Value way = s.parameter("way");
            Label ahead = s.label("ahead");
            s.skipIf(way, Condition.EQUAL, ZERO, ahead);
            s.skipIf(way, Condition.ABOVE, new Constant(9), ahead);
            s.store64(WORD, ZERO);
            s.land(ahead);
            s.land(s.label("unused"));
            s.commit64(WORD, ZERO, DONE);
          });
    }

    @Test
    void notBackward() {
      refused(
          Rule.FORWARD_ONLY,
          2,
          "jump backward to again",
          s -> {
            Label again = s.label("again");
            s.land(again);
            Value v = s.load64("v", WORD);
            s.skipIf(v, Condition.EQUAL, ZERO, again);
            s.commit64(WORD, ZERO, DONE);
          });
    }

    @Test
    void notToALabelThatIsNeverPlaced() {
      refused(
          Rule.FORWARD_ONLY,
          2,
          "never is not placed",
          s -> {
            s.skipIf(s.parameter("v"), Condition.EQUAL, ZERO, s.label("never"));
            s.commit64(WORD, ZERO, DONE);
          });
    }

    @Test
    void notToALabelThatIsPlacedTwice() {
      refused(
          Rule.FORWARD_ONLY,
          2,
          "label twice is placed twice",
          s -> {
            Label twice = s.label("twice");
            s.skipIf(s.parameter("v"), Condition.EQUAL, ZERO, twice);
            s.land(twice);
            s.land(twice);
            s.commit64(WORD, ZERO, DONE);
          });
    }
  }

  @Nested
  class ValueSet {
    @Test
    void beforeTheSkip() {
      accepted(
          s -> {
            Value v = s.load64("v", WORD);
            Label ahead = s.label("ahead");
            s.skipIf(v, Condition.EQUAL, ZERO, ahead);
            Value inside = s.add("inside", v, 1);
            s.store64(WORD, inside);
            s.land(ahead);
            s.commit64(WORD, v, Exit.of("v", v));
          });
    }

    @Test
    void onTheOnlyPathThatIsLeft() {
      accepted(
          s -> {
            Value v = s.load64("v", WORD);
            Label ahead = s.label("ahead");
            Value early = s.add("early", v, 1);
            s.skipIf(v, Condition.EQUAL, ZERO, ahead);
            s.commit64(WORD, ZERO, DONE);
            s.land(ahead);
            s.commit64(WORD, early, DONE);
          });
    }

    @Test
    void notOnlyOnAPathThatMayBeSkipped() {
      refused(
          Rule.VALUE_SET,
          3,
          "inside is not set in commit64 [word] = inside",
          s -> {
            Label ahead = s.label("ahead");
            s.skipIf(s.parameter("p"), Condition.EQUAL, ZERO, ahead);
            Value inside = s.load64("inside", WORD);
            s.land(ahead);
            s.commit64(WORD, inside, DONE);
          });
    }

    @Test
    void notOnlyAfterTheFirstOfTwoSkips() {
      refused(
          Rule.VALUE_SET,
          4,
          "between is not set in store64 [word] = between",
          s -> {
            Value p = s.parameter("p");
            Label ahead = s.label("ahead");
            s.skipIf(p, Condition.EQUAL, ZERO, ahead);
            Value between = s.load64("between", WORD);
            s.skipIf(p, Condition.EQUAL, new Constant(1), ahead);
            s.land(ahead);
            s.store64(WORD, between);
            s.commit64(WORD, ZERO, DONE);
          });
    }

    @Test
    void notOnAPathThatHasEnded() {
      refused(
          Rule.VALUE_SET,
          4,
          "inside is not set",
          s -> {
            Label ahead = s.label("ahead");
            s.skipIf(s.parameter("p"), Condition.EQUAL, ZERO, ahead);
            Value inside = s.load64("inside", WORD);
            s.commit64(WORD, inside, DONE);
            s.land(ahead);
            s.commit64(WORD, inside, DONE);
          });
    }

    @Test
    void inThisSequence() {
      Consumer<Consumer<Value>> withForeign =
          user ->
              accepted(
                  other -> {
                    user.accept(other.load64("foreign", WORD));
                    other.commit64(WORD, ZERO, DONE);
                  });
      String detail = "foreign is not set";
      withForeign.accept(
          foreign -> {
            refused(Rule.VALUE_SET, 0, detail, s -> s.commit64(WORD, foreign, DONE));
            refused(Rule.VALUE_SET, 0, detail, s -> s.commitAdd64(WORD, foreign, DONE));
            refused(Rule.VALUE_SET, 0, detail, s -> s.store64(WORD, foreign));
            refused(Rule.VALUE_SET, 0, detail, s -> s.store64(WORD.longAt(foreign), ZERO));
            refused(Rule.VALUE_SET, 0, detail, s -> s.load64("v", WORD.longAt(foreign)));
            refused(Rule.VALUE_SET, 0, detail, s -> s.add("v", foreign, 1));
            refused(Rule.VALUE_SET, 0, detail, s -> s.add("v", s.parameter("p"), foreign));
            refused(Rule.VALUE_SET, 0, detail, s -> s.exitIf(foreign, Condition.EQUAL, 1, DONE));
            refused(
                Rule.VALUE_SET,
                0,
                detail,
                s -> s.exitIf(s.parameter("p"), Condition.EQUAL, 1, Exit.of("x", foreign)));
            refused(
                Rule.VALUE_SET,
                0,
                detail,
                s -> s.skipIf(s.parameter("p"), Condition.EQUAL, foreign, s.label("l")));
            refused(Rule.VALUE_SET, 0, detail, s -> s.commit64(WORD, ZERO, Exit.of("x", foreign)));
            refused(Rule.VALUE_SET, 0, detail, s -> s.copy(WORD, s.source("from"), foreign, 8));
            refused(
                Rule.VALUE_SET,
                0,
                detail,
                s -> {
                  Value length = s.parameter("length");
                  s.copy(WORD.byteAt(foreign), s.source("from"), length, 8);
                });
          });
    }

    @Test
    void andSourcesOfThisSequence() {
      List<Source> foreign = new ArrayList<>();
      accepted(
          other -> {
            foreign.add(other.source("foreign"));
            other.commit64(WORD, ZERO, DONE);
          });
      refused(
          Rule.VALUE_SET,
          0,
          "foreign is no parameter in copy [word] = foreign",
          s -> s.copy(WORD, foreign.getFirst(), s.parameter("length"), 8));
    }

    @Test
    void once() {
      refused(
          Rule.VALUE_SET,
          1,
          "v is set twice",
          s -> {
            Value v = s.load64("v", WORD);
            s.steps().add(new Step.SliceOffset(v));
            s.commit64(WORD, v, DONE);
          });
    }
  }
}
