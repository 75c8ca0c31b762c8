package io.github.rseq4j.internal.compile.a64;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.compile.LoweringContract;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.sequence.RandomSequences;
import io.github.rseq4j.sequence.Sequence;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the kernel and the calling convention ask of the code, on random sequences. */
class A64LoweringTest extends LoweringContract {
  private static final Pattern COMMIT =
      Pattern.compile("st(u|l)?r[bh]? (?:[wx]\\d+|[wx]zr), \\[(x0|x17)[],].*");
  private static final Pattern BRANCH = Pattern.compile("(b|b\\..*|cbn?z|ret|svc|brk|udf)( .*)?");
  private static final Pattern REGISTER = Pattern.compile("\\b(?:[wxqvd]\\d+|w?sp)\\b");

  /** An instruction that changes its first register; one that stores exclusively does, too. */
  private static final Pattern DESTINATION =
      Pattern.compile("(?!str|stur|stlr|stp|cmp|cmn|tst|b|cb)[a-z]+ [wx](?<register>\\d+)\\b.*");

  A64LoweringTest() {
    super(new A64(), new Looks(COMMIT, BRANCH, "ret", "svc"));
  }

  @Override
  protected List<String> arming(String descriptor) {
    return List.of("adr x16, " + descriptor, "str x16, [x15, #8]");
  }

  @Test
  void releasingCommitsAndOnlyTheyRelease() {
    checkReleases(commit -> commit.getLast().startsWith("stlr"));
  }

  @Test
  void registersThatAreNotItsOwnAreNotTouched() {
    checkRegisters(
        REGISTER,
        Stream.concat(
                IntStream.rangeClosed(0, 17).boxed().flatMap(i -> Stream.of("x" + i, "w" + i)),
                Stream.of("q0", "d0", "d1"))
            .toList());
  }

  @Test
  void whatAnAbortStartsFromIsNotOverwritten() {
    // The stride, the base and the area.
    checkDestinations(
        DESTINATION,
        List.of("0", "16", "17"),
        List.of("1", "12", "15"),
        List.of("2", "3", "4", "5", "6", "7"));
    forEach(
        sequence ->
            assertThat(compile(sequence).lines())
                .noneMatch(line -> line.text().endsWith("!") || line.text().contains("], #")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|add x15, x15, #0x0",
        "2336|add x15, x15, #0x920",
        "4095|add x15, x15, #0xfff",
        "-160|sub x15, x15, #0xa0",
        "4096|mov x16, #0x1000; add x15, x15, x16",
        "-4096|mov x16, #0xfffffffffffff000; add x15, x15, x16",
        "2147483647|mov x16, #0x7fffffff; add x15, x15, x16",
        "-2147483648|mov x16, #0xffffffff80000000; add x15, x15, x16"
      })
  void findsTheAreaWhereverItIs(int area, String expected) {
    Sequence sequence = RandomSequences.sequence(1);
    AssembledCode code = compile(sequence, new Target(area, 2, false), PLACEMENT);
    assertThat(instructions(code, 0, label(code, "restart")))
        .containsSubsequence("mrs x15, tpidr_el0")
        .endsWith(expected.split("; "));
  }
}
