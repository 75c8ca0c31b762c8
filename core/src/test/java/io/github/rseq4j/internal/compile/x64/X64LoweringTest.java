package io.github.rseq4j.internal.compile.x64;

import static java.util.stream.Collectors.toMap;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the kernel and the calling convention ask of the code, on random sequences. */
class X64LoweringTest {
  private static final Target TARGET = new Target(2336, 2, false);
  private static final long CODE = 0x7f00_1234_5000L;
  private static final Placement PLACEMENT = new Placement(CODE, 0x7f00_1230_0040L);

  private static final Pattern COMMIT =
      Pattern.compile("(mov|add) (BYTE|WORD|DWORD|QWORD) PTR \\[rdi.*");
  private static final Pattern DESTINATION =
      Pattern.compile("(?!cmp |push |pop |test )[a-z]+ (?<register>[a-z0-9]+)(,.*)?");

  /** A parameter that is moved to where it is kept. */
  private static final Pattern ARRIVAL =
      Pattern.compile("mov (?<register>[a-z0-9]+),(rcx|QWORD PTR \\[rsp.*)");

  private static final Map<String, Pattern> CALLEE_SAVED =
      Stream.of(
              "rbx|ebx|bx|bl", "rbp|ebp|bp|bpl", "r12[dwb]?", "r13[dwb]?", "r14[dwb]?", "r15[dwb]?")
          .collect(
              toMap(
                  names -> names.substring(0, 3),
                  names -> Pattern.compile("\\b(" + names + ")\\b")));

  /** The registers of stride and parameters, in order. */
  private static final List<Set<String>> ARGUMENTS =
      List.of(
          Set.of("rsi", "esi", "si", "sil"),
          Set.of("rdx", "edx", "dx", "dl"),
          Set.of("rcx", "ecx", "cx", "cl"),
          Set.of("r8", "r8d", "r8w", "r8b"),
          Set.of("r9", "r9d", "r9w", "r9b"));

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
    return SequenceCompiler.compile(new X64(), Program.of(sequence), target, placement);
  }

  private static int label(AssembledCode code, String name) {
    return code.lines().stream()
        .filter(line -> line.text().equals(name + ":"))
        .findFirst()
        .orElseThrow()
        .offset();
  }

  private static List<Line> instructions(AssembledCode code, int from, int to) {
    return code.lines().stream()
        .filter(line -> line.length() > 0 && line.offset() >= from && line.offset() < to)
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
              .isEqualTo(Arch.X86_64.rseqSignature());
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
            assertThat(instructions(code, start, post).getLast().text()).matches(COMMIT);
            List<Line> before = instructions(code, 0, start);
            assertThat(before.get(before.size() - 2).text())
                .isEqualTo("lea rax,[rip+descriptor%s]", number);
            assertThat(before.getLast().text()).isEqualTo("mov QWORD PTR fs:0x928,rax");
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
          List<Line> whole = instructions(code, label(code, "start"), label(code, "post"));
          assertThat(whole).filteredOn(line -> line.text().equals("ret")).hasSize(earlyCommits);
          assertThat(whole).noneMatch(line -> line.text().startsWith("syscall"));
          for (int i = 2; i <= earlyCommits + 1; i++) {
            int start = label(code, "start" + i);
            int post = label(code, "post" + i);
            assertThat(start).isGreaterThan(label(code, "start"));
            assertThat(post).isLessThan(label(code, "post"));
            // A constant may have to be loaded first.
            assertThat(instructions(code, start, post)).hasSizeBetween(1, 2);
          }
        });
  }

  @Test
  void calleeSavedRegistersAreSaved() {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence);
          List<String> texts = code.lines().stream().map(Line::text).toList();
          List<String> pushed = new ArrayList<>();
          texts.stream()
              .filter(text -> text.startsWith("push "))
              .forEach(t -> pushed.add(t.substring(5)));
          CALLEE_SAVED.forEach(
              (register, names) -> {
                if (texts.stream().anyMatch(text -> names.matcher(text).find())) {
                  assertThat(pushed).contains(register);
                }
              });
          assertThat(pushed).doesNotHaveDuplicates();
          List<String> popped =
              pushed.reversed().stream().map(register -> "pop " + register).toList();
          for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).equals("ret")) {
              assertThat(texts.subList(i - popped.size(), i)).isEqualTo(popped);
            }
          }
          assertThat(texts)
              .filteredOn(text -> text.startsWith("pop "))
              .hasSize(popped.size() * rets(texts));
        });
  }

  private static int rets(List<String> texts) {
    return (int) texts.stream().filter("ret"::equals).count();
  }

  @Test
  void whatAnAbortStartsFromIsNotOverwritten() {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence);
          int start = label(code, "start");
          List<String> destinations =
              code.lines().stream()
                  .filter(line -> line.offset() >= start)
                  .map(line -> DESTINATION.matcher(line.text()))
                  .filter(matcher -> matcher.matches())
                  .map(matcher -> matcher.group("register"))
                  .toList();
          assertThat(destinations).contains("rax", "rdi");
          boolean shifts = sequence.steps().stream().anyMatch(X64Steps::shiftsByValue);
          int words = Math.min(sequence.parameterWords(), ARGUMENTS.size() - 1);
          for (int i = 0; i < words + 1; i++) {
            if (!(shifts && ARGUMENTS.get(i).contains("rcx"))) {
              assertThat(destinations).doesNotContainAnyElementsOf(ARGUMENTS.get(i));
            }
          }
          code.lines().stream()
              .filter(line -> line.offset() < start)
              .map(line -> ARRIVAL.matcher(line.text()))
              .filter(matcher -> matcher.matches())
              .forEach(
                  matcher -> assertThat(destinations).doesNotContain(matcher.group("register")));
          assertThat(destinations).doesNotContain("xmm1");
        });
  }

  @Test
  void hasTheSameSizeWhateverTheAddresses() {
    forEach(
        sequence -> {
          assertThat(compile(sequence, TARGET, Placement.NOWHERE).bytes())
              .hasSameSizeAs(compile(sequence).bytes());
        });
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

  @Test
  void sequencesCommitOnSeveralPaths() {
    // Otherwise the tests above would prove less than they say.
    assertThat(sequences().filter(sequence -> descriptors(sequence).size() > 2))
        .hasSizeGreaterThan(20);
  }
}
