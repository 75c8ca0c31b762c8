package io.github.rseq4j.internal.compile.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.Isa;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.percpu.BuiltInSequences;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Listings of bytecode. */
class BytecodeListingTest {
  private static final Pattern ROW =
      Pattern.compile("  ([0-9a-f]{4})  ((?:[0-9a-f]{2} ?)+) +([a-z_0-9]+).*");
  private static final Pattern TARGET = Pattern.compile(" (?:goto|if[a-z]{2}|if_[a-z]+) ([^ \n]+)");
  private static final Address WORD = Address.of("word", 8);

  static List<Sequence> sequences() {
    return BuiltInSequences.all();
  }

  private static String listing(Sequence... sequences) {
    return Rseq.listing(Program.of("program", sequences), Isa.BYTECODE);
  }

  @ParameterizedTest
  @MethodSource("sequences")
  void namesEveryStepInOrder(Sequence sequence) {
    String[] steps =
        Stream.iterate(0, i -> i < sequence.steps().size(), i -> i + 1)
            .filter(i -> !(sequence.steps().get(i) instanceof Step.Land))
            .map(i -> "; %d  %s\n".formatted(i, sequence.steps().get(i)))
            .toArray(String[]::new);
    assertThat(listing(sequence)).containsSubsequence(steps);
  }

  @ParameterizedTest
  @MethodSource("sequences")
  void leavesNoByteOut(Sequence sequence) {
    int next = 0;
    for (String line : listing(sequence).lines().toList()) {
      MatchResult row = ROW.matcher(line).results().findFirst().orElse(null);
      if (row != null) {
        int offset = Integer.parseInt(row.group(1), 16);
        assertThat(offset).as(line).isIn(0, next); // at 0 another method begins
        next = offset + (row.group(2).strip().length() + 1) / "00 ".length();
      }
    }
    assertThat(next).isPositive();
  }

  @ParameterizedTest
  @MethodSource("sequences")
  void showsWhereEveryBranchGoes(Sequence sequence) {
    String listing = listing(sequence);
    TARGET
        .matcher(listing)
        .results()
        .forEach(branch -> assertThat(listing).contains("\n" + branch.group(1) + ":\n"));
  }

  @Test
  void showsInstructionsAsTheyAre() {
    Sequence sequence =
        Sequence.define(
            "take",
            s -> {
              Value amount = s.parameter("amount");
              Value word = s.load64("word", WORD);
              s.exitIf(word, Condition.BELOW, amount, Exit.of("short", 1));
              s.commit64(WORD, s.subtract("rest", word, amount), Exit.of("done", 0));
            });
    assertThat(listing(sequence).lines().map(String::stripTrailing))
        .containsSubsequence(
            "run(lock, memory, start, stride, offset, amount)",
            "sequence0(memory, start, stride, base, amount)",
            "exit_short:")
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("  0000  2a  ")
                    .containsPattern("aload_0 memory +; 0  word = load64 \\[word]"))
        .anySatisfy(line -> assertThat(line).contains("16 07", "lload amount"))
        .anySatisfy(line -> assertThat(line).contains("invokestatic Long.compareUnsigned"))
        .anySatisfy(line -> assertThat(line).contains("iflt exit_short"))
        .anySatisfy(line -> assertThat(line).contains("invokestatic Access.storeRelease64"));
  }

  @Test
  void tellsVariablesOfOneNameApart() {
    Sequence sequence =
        Sequence.define(
            "names",
            s -> {
              Value base = s.parameter("base");
              s.commit64(WORD, base, Exit.of("done", 0));
            });
    assertThat(listing(sequence)).contains("stride, base, base#2)", "lload base#2");
  }

  @Test
  void sequencesOfAProgramFollowOneAnother() {
    Sequence add = Sequence.define("add", s -> s.commitAdd64(WORD, 1, Exit.of("added", 0)));
    Sequence set = Sequence.define("set", s -> s.commit64(WORD, 1, Exit.of("set", 0)));
    assertThat(listing(add, set))
        .containsSubsequence(
            "run(", "; add\n", "\nsequence0(", "; then set\n", " sequence1", "\nsequence1(");
  }

  @Test
  void isTheSameEachTime() {
    for (Sequence sequence : sequences()) {
      assertThat(listing(sequence)).isEqualTo(listing(sequence));
    }
  }
}
