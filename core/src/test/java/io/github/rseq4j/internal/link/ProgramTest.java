package io.github.rseq4j.internal.link;

import static io.github.rseq4j.sequence.Slices.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.rseq4j.Isa;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Frame;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.ProgramContract;
import io.github.rseq4j.sequence.Rule;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.SequenceBuilder;
import io.github.rseq4j.sequence.SequenceException;
import io.github.rseq4j.sequence.Slices;
import io.github.rseq4j.sequence.Value;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs: what they are, and what they do on every backend. */
class ProgramTest {
  private static final Address WORD = Address.of("word", 8);
  private static final Exit DONE = Exit.of("done", 7);
  private static final Sequence ADD = add(_ -> {});

  private static Sequence add(Consumer<SequenceBuilder> parameters) {
    return Sequence.define(
        "add",
        s -> {
          parameters.accept(s);
          s.commitAdd64(WORD, 1, DONE);
        });
  }

  private static Program times(int count) {
    Sequence[] sequences = new Sequence[count];
    Arrays.fill(sequences, ADD);
    return Program.of("times", sequences);
  }

  @Nested
  class Interpreted extends ProgramContract {
    Interpreted() {
      super((program, slice, arguments) -> Frame.run(program, slice, 0, arguments));
    }
  }

  @Nested
  class AsBytecode extends ProgramContract {
    AsBytecode() {
      super(new Bytecode());
    }
  }

  @Nested
  class AsMachineCodeByCpuId extends ProgramContract {
    AsMachineCodeByCpuId() {
      super(Machine.here(IndexKind.CPU_ID, Slices.BYTES));
    }
  }

  @Nested
  class AsMachineCodeByMmCid extends ProgramContract {
    AsMachineCodeByMmCid() {
      super(Machine.here(IndexKind.MM_CID, Slices.BYTES));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aThreadWithoutAnIndexLeavesBeforeTheFirstSequence(IndexKind index) {
    Machine machine = Machine.withoutIndices(index, Slices.BYTES);
    Machine.Run run = machine.runFrom(Slices.numbered(), times(3));
    assertThat(run.result()).isEqualTo(Exit.unregistered(0)).isEqualTo(Exit.UNREGISTERED);
    assertThat(run.changed()).isFalse();
  }

  @Test
  void everySequenceHasAnImplicitExitOfItsOwn() {
    for (int i = 0; i < Program.MAX_SEQUENCES; i++) {
      long result = Exit.unregistered(i);
      assertThat(result).isNegative().isNotEqualTo(Exit.OUT_OF_BOUNDS);
      assertThat(Exit.unregisteredSequence(result)).isEqualTo(i);
    }
    for (long result : new long[] {Exit.OUT_OF_BOUNDS, 0, 1, Long.MAX_VALUE}) {
      assertThat(Exit.unregisteredSequence(result)).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, Program.MAX_SEQUENCES})
  void hasOneToSixteenSequences(int count) {
    assertThat(times(count).sequences()).hasSize(count).containsOnly(ADD);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Program.MAX_SEQUENCES + 1})
  void isRefusedWithAnyOtherNumberOfSequences(int count) {
    assertThatExceptionOfType(SequenceException.class)
        .isThrownBy(() -> times(count))
        .withMessageStartingWith("times, step 0: ")
        .withMessageContaining(count + " sequences")
        .satisfies(refusal -> assertThat(refusal.rule()).isEqualTo(Rule.PROGRAM_LENGTH));
  }

  static Stream<Sequence> strangers() {
    return Stream.of(
        add(_ -> {}),
        add(s -> s.source("bytes")),
        add(s -> s.destination("number")),
        add(
            s -> {
              s.parameter("number");
              s.parameter("other");
            }),
        add(s -> s.parameter("number")).indexedBy(IndexKind.MM_CID));
  }

  @ParameterizedTest
  @MethodSource("strangers")
  void isRefusedIfTheParametersOrTheIndexDiffer(Sequence stranger) {
    Sequence first = add(s -> s.parameter("number"));
    assertThatExceptionOfType(SequenceException.class)
        .isThrownBy(() -> Program.of("mixed", first, first, stranger))
        .withMessageStartingWith("mixed, step 0: add")
        .satisfies(refusal -> assertThat(refusal.rule()).isEqualTo(Rule.SAME_PARAMETERS));
  }

  @Test
  void namesOfParametersDoNotMatter() {
    Program program =
        Program.of("mixed", add(s -> s.parameter("one")), add(s -> s.parameter("other")));
    assertThat(program.parameters()).hasSize(1).first().hasToString("one");
  }

  @Test
  void hasTheSlicesThatItsLargestAddressNeeds() {
    Sequence far = Sequence.define("far", s -> s.commitAdd64(Address.of("far", 120), 1, DONE));
    Program program = Program.of("both", ADD, far);
    assertThat(program.minimumSlice()).isEqualTo(128);
    program.requireFits(128);
    assertThatExceptionOfType(SequenceException.class)
        .isThrownBy(() -> program.requireFits(127))
        .withMessageStartingWith("far, step 0: ");
  }

  @Test
  void takesAnotherIndexAsAWhole() {
    Program program = times(2).indexedBy(IndexKind.MM_CID);
    assertThat(program.index()).isEqualTo(IndexKind.MM_CID);
    assertThat(program.sequences())
        .extracting(Sequence::index)
        .containsExactly(IndexKind.MM_CID, IndexKind.MM_CID);
  }

  @Test
  void theRestOfAProgramIsAProgram() {
    Program program = times(3);
    assertThat(program.from(0)).isSameAs(program);
    assertThat(program.from(2).sequences()).containsExactly(ADD);
    assertThat(program.from(2).name()).isEqualTo("times");
  }

  /** A slow path goes on with the rest; together they do what the whole does. */
  @Test
  void aProgramCanBeTakenUpWhereItWasLeft() {
    Program program = times(4);
    MemorySegment whole = Slices.numbered();
    MemorySegment parts = Slices.numbered();
    Bytecode bytecode = new Bytecode();
    assertThat(bytecode.run(program, whole)).isEqualTo(7);
    assertThat(bytecode.run(ADD, parts)).isEqualTo(7);
    assertThat(bytecode.run(program.from(1), parts)).isEqualTo(7);
    assertThat(bytes(parts)).isEqualTo(bytes(whole));
  }

  @ParameterizedTest
  @EnumSource
  void labelsInListingsAreToldApartWhateverTheNames(Isa isa) {
    Sequence sequence =
        Sequence.define(
            "names",
            s -> {
              Value number = s.parameter("number");
              for (int i = 0; i < 3; i++) {
                s.exitIf(number, Condition.EQUAL, i, Exit.of("left", i));
                s.exitIf(number, Condition.EQUAL, 3 + i, Exit.of("left2", i));
              }
              s.commitAdd64(WORD, 1, DONE);
            });
    List<String> labels =
        Rseq.listing(Program.of(sequence), isa)
            .lines()
            .filter(line -> line.startsWith("exit_left"))
            .toList();
    assertThat(labels).hasSize(6).doesNotHaveDuplicates();
  }
}
