package io.github.rseq4j.internal.compile.a64;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.compile.LoweringContract;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.sequence.Commit;
import io.github.rseq4j.sequence.RandomSequences;
import io.github.rseq4j.sequence.Sequence;
import java.util.List;
import java.util.regex.MatchResult;
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
    super(new A64(), COMMIT);
  }

  @Override
  protected List<String> arming(String descriptor) {
    return List.of("adr x16, " + descriptor, "str x16, [x15, #8]");
  }

  @Test
  void nothingIsLeftInARangeButByExitsAndCommits() {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence);
          int earlyCommits = descriptors(sequence).size() - 1;
          List<String> whole = instructions(code, label(code, "start"), label(code, "post"));
          assertThat(whole).filteredOn("ret"::equals).hasSize(earlyCommits);
          assertThat(whole).noneMatch(text -> text.startsWith("svc"));
          for (int i = 2; i <= earlyCommits + 1; i++) {
            int start = label(code, "start" + i);
            int post = label(code, "post" + i);
            assertThat(start).isGreaterThan(label(code, "start"));
            assertThat(post).isLessThan(label(code, "post"));
            List<String> range = instructions(code, start, post);
            assertThat(range).noneMatch(text -> BRANCH.matcher(text).matches());
            assertThat(range).filteredOn(text -> COMMIT.matcher(text).matches()).hasSize(1);
          }
        });
  }

  @Test
  void releasingCommitsAndOnlyTheyRelease() {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence);
          List<Boolean> expected =
              sequence.steps().stream()
                  .filter(Commit.class::isInstance)
                  .map(commit -> commit instanceof Commit.Store store && store.release())
                  .toList();
          // Descriptors are numbered in the order of arming: the last commit's comes first.
          List<String> order = descriptors(sequence);
          List<Boolean> actual =
              Stream.concat(order.stream().skip(1), Stream.of(""))
                  .map(i -> instructions(code, label(code, "start" + i), label(code, "post" + i)))
                  .map(range -> range.getLast().startsWith("stlr"))
                  .toList();
          assertThat(actual).isEqualTo(expected);
        });
  }

  @Test
  void registersThatAreNotItsOwnAreNotTouched() {
    List<String> own =
        Stream.concat(
                IntStream.rangeClosed(0, 17).boxed().flatMap(i -> Stream.of("x" + i, "w" + i)),
                Stream.of("q0"))
            .toList();
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence, TARGET.withInjection(), PLACEMENT);
          List<String> used =
              instructions(code, 0, label(code, "descriptor")).stream()
                  .flatMap(text -> REGISTER.matcher(text).results().map(MatchResult::group))
                  .distinct()
                  .toList();
          assertThat(own).containsAll(used);
        });
  }

  @Test
  void whatAnAbortStartsFromIsNotOverwritten() {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence, TARGET.withInjection(), PLACEMENT);
          List<String> texts =
              instructions(code, label(code, "restart"), label(code, "descriptor"));
          List<Integer> destinations =
              texts.stream()
                  .map(DESTINATION::matcher)
                  .filter(matcher -> matcher.matches())
                  .map(matcher -> Integer.valueOf(matcher.group("register")))
                  .toList();
          assertThat(destinations).contains(0, 16, 17);
          // The stride, the parameters, the base and the area.
          assertThat(destinations).doesNotContain(1, 12, 15);
          for (int word = 0; word < sequence.parameterWords(); word++) {
            assertThat(destinations).doesNotContain(2 + word);
          }
          assertThat(texts).noneMatch(text -> text.endsWith("!") || text.contains("], #"));
        });
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
