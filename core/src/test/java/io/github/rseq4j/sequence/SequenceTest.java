package io.github.rseq4j.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.rseq4j.sequence.Operand.Constant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences as data, and what they are made of. */
class SequenceTest {
  private static final Address COUNT = Address.of("count", 0);
  private static final Address ITEMS = Address.of("items", 8);
  private static final Exit DONE = Exit.of("done", 0);

  private static final Sequence PUSH =
      Sequence.define(
          "push",
          s -> {
            Value value = s.parameter("value");
            Value count = s.load64("count", COUNT);
            s.exitIf(count, Condition.AT_LEAST, 20, Exit.of("full", 1));
            s.store64(ITEMS.longAt(count), value);
            s.commit64(COUNT, s.add("next", count, 1), Exit.of("pushed", 0));
          });

  @Test
  void printsItsSteps() {
    assertThat(PUSH)
        .hasToString(
            """
            push(value) by cpu_id
              0  count = load64 [count]
              1  if count >= 20 exit full(1)
              2  store64 [items + count*8] = value
              3  next = count + 1
              4  commit64 [count] = next -> pushed(0)
            """);
  }

  @Test
  void printsEveryKindOfStep() {
    Sequence sequence =
        Sequence.define(
            "all",
            s -> {
              Value length = s.parameter("length");
              Source from = s.source("from");
              Value at = s.sliceOffset("at");
              Value head = s.loadAcquire64("head", ITEMS);
              Label end = s.label("end");
              s.skipIf(head, Condition.NOT_EQUAL, at, end);
              s.store(Width.BITS_16, COUNT, new Constant(0x10000));
              s.commitRelease64(COUNT, head, Exit.of("released", head));
              s.land(end);
              s.copy(ITEMS.plus(8).byteAt(length), from, length, 16);
              s.commitAdd64(COUNT, -1, DONE);
            });
    assertThat(sequence.indexedBy(IndexKind.MM_CID))
        .hasToString(
            """
            all(length, from) by mm_cid
              0  at = offset of this slice
              1  head = load.acquire64 [items]
              2  if head != at skip to end
              3  store16 [count] = 0x10000
              4  commit.release64 [count] = head -> released(head)
              5  end:
              6  copy [items+8 + length] = from, length bytes, at most 16
              7  commit.add64 [count] += -1 -> done(0)
            """);
  }

  @Test
  void keepsItsStepsWithAnotherIndex() {
    Sequence other = PUSH.indexedBy(IndexKind.MM_CID);
    assertThat(other.index()).isEqualTo(IndexKind.MM_CID);
    assertThat(other.name()).isEqualTo("push");
    assertThat(other.steps()).isEqualTo(PUSH.steps());
    assertThat(other.parameters()).isEqualTo(PUSH.parameters());
    assertThat(PUSH.index()).isEqualTo(IndexKind.CPU_ID);
  }

  @Test
  void needsSlicesForTheConstantPartsOfItsAddresses() {
    assertThat(PUSH.minimumSlice()).isEqualTo(16);
    assertThat(Sequence.define("byte", s -> load(s, Width.BITS_8, 99)).minimumSlice())
        .isEqualTo(100);
    assertThat(Sequence.define("int", s -> load(s, Width.BITS_32, 99)).minimumSlice())
        .isEqualTo(103);
    Sequence copy =
        Sequence.define(
            "copy",
            s -> {
              Value length = s.parameter("length");
              s.copy(Address.of("to", 10).byteAt(length), s.source("from"), length, 100);
              s.commitAdd64(COUNT, 1, DONE);
            });
    assertThat(copy.minimumSlice()).isEqualTo(110);
  }

  private static void load(SequenceBuilder s, Width width, int displacement) {
    s.load("v", width, Address.of("at", displacement));
    s.commitAdd64(COUNT, 1, DONE);
  }

  @Test
  void knowsTheLastReadOfEachValue() {
    Value value = (Value) PUSH.parameters().getFirst();
    assertThat(PUSH.lastReads()).hasSize(3).containsEntry(value, 2).containsValues(3, 4);
  }

  @Test
  void isNotChangedByItsBuilderLater() {
    SequenceBuilder[] kept = new SequenceBuilder[1];
    Sequence sequence =
        Sequence.define(
            "kept",
            s -> {
              kept[0] = s;
              s.commitAdd64(COUNT, 1, DONE);
            });
    kept[0].store64(COUNT, new Constant(1));
    assertThat(sequence.steps()).hasSize(1);
  }

  @Test
  void takesNoParameterAfterAStep() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Sequence.define(
                    "late",
                    s -> {
                      s.load64("v", COUNT);
                      s.parameter("late");
                    }))
        .withMessage("parameter late comes after 1 steps, must come before the first");
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Sequence.define(
                    "late",
                    s -> {
                      s.land(s.label("l"));
                      s.source("late");
                    }))
        .withMessageContaining("late");
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, Address.MAX_DISPLACEMENT + 1, Integer.MAX_VALUE})
  void refusesADisplacementOutOfRange(int displacement) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Address.of("far", displacement))
        .withMessage("displacement %d is not in 0..1073741824", displacement);
  }

  @Test
  void refusesAnAddressThatIsMovedOutOfRange() {
    Address last = Address.of("last", Address.MAX_DISPLACEMENT);
    assertThatIllegalArgumentException().isThrownBy(() -> last.plus(1));
    assertThatIllegalArgumentException().isThrownBy(() -> last.plus(Integer.MAX_VALUE));
    assertThatIllegalArgumentException().isThrownBy(() -> COUNT.plus(-1));
    assertThat(last.plus(-8).displacement()).isEqualTo(Address.MAX_DISPLACEMENT - 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 3, 5, 16})
  void refusesAScaleThatIsNone(int scale) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Address("at", 0, null, scale))
        .withMessage("scale %d is not 1, 2, 4 or 8", scale);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Exit.UNREGISTERED, Exit.OUT_OF_BOUNDS})
  void refusesAnExitThatCouldBeMistaken(long result) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Exit("bad", new Constant(result)))
        .withMessage("exit bad returns %d, which is below 0", result);
  }

  @Test
  void cannotBeChangedThroughItsLists() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> PUSH.steps().removeFirst());
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> PUSH.parameters().removeFirst());
  }
}
