package io.github.rseq4j.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The interpreter. */
class InterpreterTest {
  private static final Exit DONE = Exit.of("done", 7);
  private static final Address WORD = Address.of("word", 24);

  private static long interpret(Sequence sequence, MemorySegment slice, Object... arguments) {
    return Frame.run(sequence, slice, 0, arguments);
  }

  @Nested
  class Computing extends ComputeContract {
    Computing() {
      super(InterpreterTest::interpret);
    }
  }

  @Nested
  class Memory extends MemoryContract {
    Memory() {
      super(InterpreterTest::interpret);
    }
  }

  @Test
  void answersTheOffsetOfTheSlice() {
    Sequence sequence = Sequence.define("offset", s -> s.commit64(WORD, s.sliceOffset("at"), DONE));
    MemorySegment slice = Slices.zeroed();
    assertThat(Frame.run(sequence, slice, 0x1234_5678_9abcL)).isEqualTo(7);
    assertThat(Slices.number(slice, WORD.displacement(), Long.BYTES)).isEqualTo(0x1234_5678_9abcL);
  }

  @Test
  void refusesASliceThatIsTooSmall() {
    Sequence sequence = Sequence.define("add", s -> s.commitAdd64(WORD, 1, DONE));
    MemorySegment small = MemorySegment.ofArray(new long[3]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Frame.run(sequence, small, 0))
        .withMessageStartingWith(
            "add, step 0: commit.add64 [word] += 1 -> done(7) does not fit into 24");
    assertThat(Frame.run(sequence, MemorySegment.ofArray(new long[4]), 0)).isEqualTo(7);
  }

  @Test
  void refusesAnotherNumberOfArguments() {
    Sequence sequence =
        Sequence.define("add", s -> s.commitAdd64(WORD, s.parameter("delta"), DONE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Frame.run(sequence, Slices.zeroed(), 0, 1L, 2L))
        .withMessage("add takes 1 arguments, not 2");
  }
}
