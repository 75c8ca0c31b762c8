package io.github.rseq4j.sequence;

import static io.github.rseq4j.sequence.Verdict.accepted;
import static io.github.rseq4j.sequence.Verdict.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.github.rseq4j.sequence.Operand.Constant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the verifier accepts and refuses, by the rules about numbers. */
class LimitsTest {
  private static final Address WORD = Address.of("word", 8);
  private static final Exit DONE = Exit.of("done", 0);
  private static final Constant ZERO = new Constant(0);

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
      s.steps().add(new Commit.Store(width, to, ZERO, false, DONE));
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
  class WordsOut {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, Step.MAX_COPY})
    void nearTheStart(int displacement) {
      accepted(s -> storeOut(s, displacement));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Step.MAX_COPY + 1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void nowhereElse(int displacement) {
      refused(Rule.BOUNDED_COPY, 0, "displacement", s -> storeOut(s, displacement));
    }

    @Test
    void onlyToParametersOfThisSequence() {
      Destination foreign = new Destination(0, "foreign");
      refused(
          Rule.VALUE_SET,
          0,
          "foreign is no parameter",
          s -> s.storeOut64(foreign, 0, s.parameter("value")));
    }

    private static void storeOut(SequenceBuilder s, int displacement) {
      Destination to = s.destination("to");
      s.storeOut64(to, displacement, to.size());
      s.commit64(WORD, ZERO, DONE);
    }
  }

  @Nested
  class Slice {
    private static final Sequence SEQUENCE =
        Sequence.define(
            "touches",
            s -> {
              Value value = s.load64("value", Address.of("first", 8));
              s.store(Width.BITS_16, Address.of("second", 22), value);
              s.commit64(WORD, ZERO, DONE);
            });

    @ParameterizedTest
    @ValueSource(longs = {24, 25, 1L << 40})
    void holdsEveryConstantAddress(long bytes) {
      assertThatNoException().isThrownBy(() -> SEQUENCE.requireFits(bytes));
    }

    @ParameterizedTest
    @CsvSource({"23, 1", "16, 1", "15, 0", "0, 0"})
    void elseTheFirstStepOutsideIsNamed(long bytes, int step) {
      assertThatExceptionOfType(SequenceException.class)
          .isThrownBy(() -> SEQUENCE.requireFits(bytes))
          .satisfies(e -> assertThat(e.rule()).isEqualTo(Rule.INSIDE_SLICE))
          .satisfies(e -> assertThat(e.step()).isEqualTo(step));
    }
  }

  @Nested
  class Parameters {
    @ParameterizedTest
    @ValueSource(ints = {0, 2, Sequence.MAX_PARAMETER_WORDS})
    void upToTheLimit(int count) {
      accepted(s -> define(s, count));
    }

    @Test
    void notOneMore() {
      refused(Rule.PARAMETERS, 0, "7 words", s -> define(s, Sequence.MAX_PARAMETER_WORDS + 1));
    }

    private static void define(SequenceBuilder s, int count) {
      for (int i = 0; i < count - 2; i++) {
        s.parameter("p" + i);
      }
      if (count > 1) {
        s.source("last");
      }
      s.commit64(WORD, ZERO, DONE);
    }
  }

  @Nested
  class Registers {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, Sequence.MAX_PARAMETER_WORDS})
    void upToTheLimit(int parameters) {
      accepted(s -> define(s, parameters, Sequence.MAX_LIVE - parameters));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Sequence.MAX_PARAMETER_WORDS})
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
}
