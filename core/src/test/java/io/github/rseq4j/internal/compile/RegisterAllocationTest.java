package io.github.rseq4j.internal.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Operation;
import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.RandomSequences;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which registers parameters and values are given. */
class RegisterAllocationTest {
  private static final Address WORD = Address.of("word", 0);
  private static final Exit DONE = Exit.of("done", 0);
  private static final List<String> FREE = List.of("a", "b", "c", "d");

  /** The values of a sequence, in the order in which they are set. */
  private static List<Value> results(Sequence sequence) {
    List<Value> results = new ArrayList<>();
    for (Step step : sequence.steps()) {
      Value result = step.result();
      if (result != null) {
        results.add(result);
      }
    }
    return results;
  }

  private static List<String> pool(Sequence sequence) {
    return Stream.concat(
            IntStream.range(0, sequence.parameterWords()).mapToObj(word -> "p" + word),
            FREE.stream())
        .toList();
  }

  private static List<String> registersOfResults(Sequence sequence) {
    RegisterAllocation<String> allocation = new RegisterAllocation<>(sequence, pool(sequence));
    return results(sequence).stream().map(allocation::of).toList();
  }

  @Test
  void parametersHaveTheirsInOrder() {
    Sequence sequence =
        Sequence.define(
            "parameters",
            s -> {
              s.parameter("one");
              s.source("two");
              Value three = s.parameter("three");
              s.commit64(WORD, three, DONE);
            });
    RegisterAllocation<String> allocation = new RegisterAllocation<>(sequence, pool(sequence));
    assertThat(sequence.parameters().stream().map(allocation::of))
        .containsExactly("p0", "p1", "p3");
    assertThat(sequence.values().stream().map(allocation::of)).containsExactly("p0", "p2", "p3");
    assertThat(pool(sequence).stream().filter(allocation::uses))
        .containsExactly("p0", "p1", "p2", "p3");
  }

  @Test
  void resultsGetTheBestThatIsFree() {
    Sequence sequence =
        Sequence.define(
            "loads",
            s -> {
              Value one = s.load64("one", WORD);
              Value two = s.load64("two", WORD);
              s.store64(WORD, one);
              Value three = s.load64("three", WORD);
              s.store64(WORD, two);
              s.commit64(WORD, three, DONE);
            });
    assertThat(registersOfResults(sequence)).containsExactly("a", "b", "a");
  }

  @Test
  void aResultTakesOverFromALeftOperandReadForTheLastTime() {
    Sequence sequence =
        Sequence.define(
            "take_over",
            s -> {
              Value loaded = s.load64("loaded", WORD);
              Value sum = s.add("sum", loaded, 1);
              Value twice = s.add("twice", sum, sum);
              s.commit64(WORD, twice, DONE);
            });
    assertThat(registersOfResults(sequence)).containsExactly("a", "a", "a");
  }

  @Test
  void aResultDoesNotTakeOverFromAnOperandReadLater() {
    Sequence sequence =
        Sequence.define(
            "keep",
            s -> {
              Value loaded = s.load64("loaded", WORD);
              Value sum = s.add("sum", loaded, 1);
              s.commit64(WORD, sum, Exit.of("loaded", loaded));
            });
    assertThat(registersOfResults(sequence)).containsExactly("a", "b");
  }

  @Test
  void aResultDoesNotTakeOverFromARightOperand() {
    Sequence sequence =
        Sequence.define(
            "right",
            s -> {
              Value left = s.parameter("left");
              Value right = s.load64("right", WORD);
              Value difference = s.subtract("difference", left, right);
              Value next = s.load64("next", WORD);
              s.commit64(WORD, next, Exit.of("difference", difference));
            });
    assertThat(registersOfResults(sequence)).containsExactly("a", "b", "a");
  }

  @Test
  void aResultNeverTakesOverFromAParameter() {
    Sequence sequence =
        Sequence.define(
            "parameter", s -> s.commit64(WORD, s.add("sum", s.parameter("parameter"), 1), DONE));
    assertThat(registersOfResults(sequence)).containsExactly("a");
  }

  @Test
  void aResultThatIsNotReadGivesItsRegisterBack() {
    Sequence sequence =
        Sequence.define(
            "unread",
            s -> {
              s.load64("unread", WORD);
              Value read = s.load64("read", WORD);
              s.compute("unread_sum", Operation.ADD, read, read);
              s.commit64(WORD, read, DONE);
            });
    assertThat(registersOfResults(sequence)).containsExactly("a", "a", "b");
  }

  /**
   * Follows random sequences step by step. All paths are checked by following the one that skips
   * nothing: another one writes fewer registers, and sets every value that it reads.
   */
  @Test
  void everyReadFindsItsValue() {
    LongStream.range(0, 1000)
        .mapToObj(RandomSequences::sequence)
        .forEach(RegisterAllocationTest::follow);
  }

  private static void follow(Sequence sequence) {
    // Exactly as many as the verifier counts on.
    List<String> pool = IntStream.range(0, Sequence.MAX_LIVE).mapToObj(i -> "r" + i).toList();
    RegisterAllocation<String> allocation = new RegisterAllocation<>(sequence, pool);
    Map<String, Parameter> content = new HashMap<>();
    List<Parameter> kept = new ArrayList<>(sequence.parameters());
    kept.addAll(sequence.values());
    kept.forEach(parameter -> content.put(allocation.of(parameter), parameter));
    for (Step step : sequence.steps()) {
      for (Value value : step.reads()) {
        assertThat(content)
            .as("%s in %s", step, sequence)
            .containsEntry(allocation.of(value), value);
      }
      Value result = step.result();
      if (result != null) {
        checkOperands(step, allocation);
        content.put(allocation.of(result), result);
      }
      for (Parameter parameter : kept) {
        assertThat(content)
            .as("%s in %s", step, sequence)
            .containsEntry(allocation.of(parameter), parameter);
      }
    }
  }

  /** The left operand may be overwritten before the right one is read, and no other may. */
  private static void checkOperands(Step step, RegisterAllocation<String> allocation) {
    String result = allocation.of(Objects.requireNonNull(step.result()));
    for (Value value : step.reads()) {
      if (!(step instanceof Step.Compute compute && compute.left() == value)) {
        assertThat(allocation.of(value)).as("%s", step).isNotEqualTo(result);
      }
    }
  }
}
