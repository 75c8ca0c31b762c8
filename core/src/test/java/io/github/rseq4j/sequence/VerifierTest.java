package io.github.rseq4j.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.rseq4j.sequence.Operand.Constant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the verifier accepts, and what it refuses, rule by rule. */
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
          "foreign is no source of this sequence",
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

  @Nested
  class BoundedCopy {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16, Step.MAX_COPY - 1, Step.MAX_COPY})
    void withABound(int limit) {
      accepted(s -> copy(s, WORD, limit));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, Step.MAX_COPY + 1, Integer.MAX_VALUE})
    void withoutASensibleBound(int limit) {
      refused(Rule.BOUNDED_COPY, 0, "bound " + limit, s -> copy(s, WORD, limit));
    }

    @Test
    void atAnyByte() {
      accepted(s -> copy(s, Address.of("odd", 3).byteAt(s.parameter("at")), 8));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void notAtAScaledIndex(int scale) {
      refused(
          Rule.BOUNDED_COPY,
          0,
          "scale %d is not 1".formatted(scale),
          s -> copy(s, new Address("to", 0, s.parameter("at"), scale), 8));
    }

    private static void copy(SequenceBuilder s, Address to, int limit) {
      Value length = s.parameter("length");
      s.copy(to, s.source("from"), length, limit);
      s.commit64(WORD, ZERO, DONE);
    }
  }

  @Nested
  class Aligned {
    @ParameterizedTest
    @CsvSource({
      "BITS_8, 1, 1",
      "BITS_8, 7, 8",
      "BITS_16, 2, 2",
      "BITS_16, 6, 8",
      "BITS_32, 4, 4",
      "BITS_32, 12, 8",
      "BITS_64, 8, 8",
      "BITS_64, 0, 8"
    })
    void toTheirWidth(Width width, int displacement, int scale) {
      for (Address address : addresses(displacement, scale)) {
        accepted(s -> commit(s, width, address));
        accepted(s -> acquire(s, width, address));
      }
      if (width == Width.BITS_64) {
        addresses(displacement, scale).forEach(address -> accepted(s -> commitAdd(s, address)));
      }
    }

    @ParameterizedTest
    @CsvSource({"BITS_16, 1", "BITS_32, 2", "BITS_32, 5", "BITS_64, 4", "BITS_64, 127"})
    void notAtAnotherPlace(Width width, int displacement) {
      for (Address address : addresses(displacement, 8)) {
        refusedUnaligned(width, address);
      }
    }

    @ParameterizedTest
    @CsvSource({"BITS_16, 1", "BITS_32, 1", "BITS_32, 2", "BITS_64, 1", "BITS_64, 4"})
    void notAtSmallerElements(Width width, int scale) {
      refusedUnaligned(width, addresses(0, scale).getLast());
    }

    @Test
    void butPlainAccessNeedNot() {
      accepted(
          s -> {
            s.store64(Address.of("odd", 3), s.load64("v", Address.of("odd", 5)));
            s.commit64(WORD, ZERO, DONE);
          });
    }

    private static void refusedUnaligned(Width width, Address address) {
      int step = address.index() == null ? 0 : 1;
      refused(Rule.ALIGNED, step, address.toString(), s -> commit(s, width, address));
      refused(Rule.ALIGNED, step, address.toString(), s -> acquire(s, width, address));
      if (width == Width.BITS_64) {
        refused(Rule.ALIGNED, step, address.toString(), s -> commitAdd(s, address));
      }
    }

    private static void commit(SequenceBuilder s, Width width, Address to) {
      setIndex(s, to);
      s.steps().add(new Step.CommitStore(width, to, ZERO, false, DONE));
    }

    private static void commitAdd(SequenceBuilder s, Address to) {
      setIndex(s, to);
      s.commitAdd64(to, 1, DONE);
    }

    private static void acquire(SequenceBuilder s, Width width, Address from) {
      setIndex(s, from);
      s.steps().add(new Step.Load(new Value(1, "v"), width, from, true));
      s.commit64(WORD, ZERO, DONE);
    }

    private static void setIndex(SequenceBuilder s, Address address) {
      if (address.index() != null) {
        s.steps().add(new Step.SliceOffset(address.index()));
      }
    }

    private static List<Address> addresses(int displacement, int scale) {
      Address constant = Address.of("at", displacement);
      return List.of(constant, new Address("at", displacement, new Value(0, "index"), scale));
    }
  }

  @Nested
  class Parameters {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, Sequence.MAX_PARAMETERS})
    void upToTheLimit(int count) {
      accepted(s -> define(s, count));
    }

    @Test
    void notOneMore() {
      refused(Rule.PARAMETERS, 0, "5 parameters", s -> define(s, Sequence.MAX_PARAMETERS + 1));
    }

    private static void define(SequenceBuilder s, int count) {
      for (int i = 0; i < count - 1; i++) {
        s.parameter("p" + i);
      }
      if (count > 0) {
        s.source("last");
      }
      s.commit64(WORD, ZERO, DONE);
    }
  }

  @Nested
  class Registers {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, Sequence.MAX_PARAMETERS})
    void upToTheLimit(int parameters) {
      accepted(s -> define(s, parameters, Sequence.MAX_LIVE - parameters));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Sequence.MAX_PARAMETERS})
    void notOneMore(int parameters) {
      int values = Sequence.MAX_LIVE - parameters + 1;
      refused(Rule.REGISTERS, values - 1, "11 are needed", s -> define(s, parameters, values));
    }

    @Test
    void asOftenAsEachIsReadForTheLastTime() {
      accepted(
          s -> {
            for (int i = 0; i < 3; i++) {
              storeAll(s, Sequence.MAX_LIVE);
            }
            s.commit64(WORD, ZERO, DONE);
          });
    }

    @Test
    void notOfAValueThatASkippedPathStillReads() {
      refused(
          Rule.REGISTERS,
          2 + Sequence.MAX_LIVE - 2,
          "11 are needed",
          s -> {
            Value way = s.parameter("way");
            Value kept = s.load64("kept", WORD);
            Label ahead = s.label("ahead");
            s.skipIf(way, Condition.EQUAL, ZERO, ahead);
            storeAll(s, Sequence.MAX_LIVE - 1);
            s.commit64(WORD, ZERO, DONE);
            s.land(ahead);
            s.commit64(WORD, kept, DONE);
          });
    }

    private static void define(SequenceBuilder s, int parameters, int values) {
      for (int i = 0; i < parameters; i++) {
        s.parameter("p" + i);
      }
      storeAll(s, values);
      s.commit64(WORD, ZERO, DONE);
    }

    private static void storeAll(SequenceBuilder s, int count) {
      List<Value> values = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        values.add(s.load64("v" + i, WORD));
      }
      values.forEach(value -> s.store64(WORD, value));
    }
  }

  private static void accepted(Consumer<SequenceBuilder> body) {
    assertThat(Sequence.define("accepted", body).steps()).isNotEmpty();
  }

  private static void refused(Rule rule, int step, String detail, Consumer<SequenceBuilder> body) {
    SequenceException refusal =
        catchThrowableOfType(SequenceException.class, () -> Sequence.define("refused", body));
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal)
        .hasMessageStartingWith("refused, step %d: ", step)
        .hasMessageContaining(detail)
        .hasMessageEndingWith(rule.toString());
    assertThat(refusal.rule()).isEqualTo(rule);
    assertThat(refusal.step()).isEqualTo(step);
  }
}
