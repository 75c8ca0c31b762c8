package io.github.rseq4j.internal.compile.a64;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Line;
import io.github.rseq4j.internal.compile.Placement;
import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.sequence.Commit;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.RandomSequences;
import io.github.rseq4j.sequence.Sequence;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the kernel and the calling convention ask of the code, on random sequences. */
class A64LoweringTest {
  private static final Target TARGET = new Target(2336, 2, false);
  private static final long CODE = 0x7f00_1234_5000L;
  private static final Placement PLACEMENT = new Placement(CODE, 0x7f00_1230_0040L);

  private static final Pattern COMMIT =
      Pattern.compile("st(u|l)?r[bh]? (?:[wx]\\d+|[wx]zr), \\[(x0|x17)[],].*");
  private static final Pattern BRANCH = Pattern.compile("(b|b\\..*|cbn?z|ret|svc|brk|udf)( .*)?");
  private static final Pattern REGISTER = Pattern.compile("\\b(?:[wxqvd]\\d+|w?sp)\\b");

  /** An instruction that changes its first register; one that stores exclusively does, too. */
  private static final Pattern DESTINATION =
      Pattern.compile("(?!str|stur|stlr|stp|cmp|cmn|tst|b|cb)[a-z]+ [wx](?<register>\\d+)\\b.*");

  private static Stream<Sequence> sequences() {
    return LongStream.range(5000, 5200)
        .mapToObj(RandomSequences::sequence)
        .flatMap(sequence -> Stream.of(IndexKind.values()).map(index -> sequence.indexedBy(index)));
  }

  private static void forEach(Consumer<Sequence> check) {
    sequences()
        .forEach(
            sequence -> {
              try {
                check.accept(sequence);
              } catch (AssertionError e) {
                throw new AssertionError(sequence.toString(), e);
              }
            });
  }

  private static AssembledCode compile(Sequence sequence) {
    return compile(sequence, TARGET, PLACEMENT);
  }

  private static AssembledCode compile(Sequence sequence, Target target, Placement placement) {
    return SequenceCompiler.compile(new A64(), Program.of(sequence), target, placement);
  }

  private static int label(AssembledCode code, String name) {
    return code.lines().stream()
        .filter(line -> line.text().equals(name + ":"))
        .findFirst()
        .orElseThrow()
        .offset();
  }

  private static List<String> instructions(AssembledCode code, int from, int to) {
    return code.lines().stream()
        .filter(line -> line.length() > 0 && line.offset() >= from && line.offset() < to)
        .map(Line::text)
        .filter(text -> !text.startsWith("."))
        .toList();
  }

  private static List<String> descriptors(Sequence sequence) {
    long commits = sequence.steps().stream().filter(Commit.class::isInstance).count();
    return LongStream.range(0, commits).mapToObj(i -> i == 0 ? "" : Long.toString(i + 1)).toList();
  }

  @Test
  void eachCommitHasADescriptorThatEndsWithIt() {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence);
          ByteBuffer bytes = ByteBuffer.wrap(code.bytes()).order(ByteOrder.LITTLE_ENDIAN);
          int abort = label(code, "abort");
          assertThat(bytes.getInt(abort - RseqAbi.SIGNATURE_SIZE))
              .isEqualTo(Arch.AARCH64.rseqSignature());
          for (String number : descriptors(sequence)) {
            int at = label(code, "descriptor" + number);
            int start = label(code, "start" + number);
            int post = label(code, "post" + number);
            assertThat(at % RseqAbi.DESCRIPTOR_ALIGNMENT).isZero();
            assertThat(bytes.getInt(at + RseqAbi.DESCRIPTOR_VERSION)).isZero();
            assertThat(bytes.getInt(at + RseqAbi.DESCRIPTOR_FLAGS)).isZero();
            assertThat(bytes.getLong(at + RseqAbi.DESCRIPTOR_START_IP)).isEqualTo(CODE + start);
            assertThat(bytes.getLong(at + RseqAbi.DESCRIPTOR_POST_COMMIT_OFFSET))
                .isEqualTo(post - start);
            assertThat(bytes.getLong(at + RseqAbi.DESCRIPTOR_ABORT_IP)).isEqualTo(CODE + abort);
            assertThat(abort).as("abort, outside %d..%d", start, post).isGreaterThan(post);
            assertThat(instructions(code, start, post).getLast()).matches(COMMIT);
            List<String> before = instructions(code, 0, start);
            assertThat(before.subList(before.size() - 2, before.size()))
                .containsExactly("adr x16, descriptor" + number, "str x16, [x15, #8]");
          }
          assertThat(code.lines())
              .filteredOn(line -> line.text().startsWith("descriptor"))
              .hasSameSizeAs(descriptors(sequence));
        });
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

  @Test
  void hasTheSameSizeWhateverTheAddresses() {
    Placement far = new Placement(-32, -64);
    forEach(
        sequence ->
            assertThat(compile(sequence, TARGET.withInjection(), Placement.NOWHERE).bytes())
                .hasSameSizeAs(compile(sequence, TARGET.withInjection(), PLACEMENT).bytes())
                .hasSameSizeAs(compile(sequence, TARGET.withInjection(), far).bytes()));
  }

  @Test
  void injectionPointsAreNumberedFromOne() {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence, TARGET.withInjection(), PLACEMENT);
          List<String> points =
              code.lines().stream()
                  .map(Line::note)
                  .filter(note -> note.startsWith("injection point "))
                  .distinct()
                  .toList();
          assertThat(points)
              .isEqualTo(
                  IntStream.rangeClosed(1, SequenceCompiler.injectionPoints(Program.of(sequence)))
                      .mapToObj(point -> "injection point " + point)
                      .toList());
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

  @Test
  void sequencesCommitOnSeveralPaths() {
    // Otherwise the tests above would prove less than they say.
    assertThat(sequences().filter(sequence -> descriptors(sequence).size() > 2))
        .hasSizeGreaterThan(20);
  }
}
