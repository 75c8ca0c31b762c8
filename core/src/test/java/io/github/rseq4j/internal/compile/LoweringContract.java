package io.github.rseq4j.internal.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Line;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.sequence.Commit;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.RandomSequences;
import io.github.rseq4j.sequence.Sequence;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the kernel asks of the code of every processor, on random sequences. */
public abstract class LoweringContract {
  protected static final Target TARGET = new Target(2336, 2, false);
  private static final long CODE = 0x7f00_1234_5000L;
  protected static final Placement PLACEMENT = new Placement(CODE, 0x7f00_1230_0040L);

  /**
   * What instructions look like.
   *
   * @param commit one that a commit ends with
   * @param branch one after which another may come than the next
   * @param ret the return
   * @param systemCall how a system call begins
   */
  public record Looks(Pattern commit, Pattern branch, String ret, String systemCall) {}

  private final Processor processor;
  private final Looks looks;

  /** Makes the contract for a processor. */
  protected LoweringContract(Processor processor, Looks looks) {
    this.processor = processor;
    this.looks = looks;
  }

  /** Returns the last two instructions of arming. */
  protected abstract List<String> arming(String descriptor);

  protected static Stream<Sequence> sequences() {
    return LongStream.range(5000, 5200)
        .mapToObj(RandomSequences::sequence)
        .flatMap(sequence -> Stream.of(IndexKind.values()).map(index -> sequence.indexedBy(index)));
  }

  protected static void forEach(Consumer<Sequence> check) {
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

  protected AssembledCode compile(Sequence sequence) {
    return compile(sequence, TARGET, PLACEMENT);
  }

  protected AssembledCode compile(Sequence sequence, Target target, Placement placement) {
    return SequenceCompiler.compile(processor, Program.of(sequence), target, placement);
  }

  protected static int label(AssembledCode code, String name) {
    return code.lines().stream()
        .filter(line -> line.text().equals(name + ":"))
        .findFirst()
        .orElseThrow()
        .offset();
  }

  protected static List<String> instructions(AssembledCode code, int from, int to) {
    return code.lines().stream()
        .filter(line -> line.length() > 0 && line.offset() >= from && line.offset() < to)
        .map(Line::text)
        .filter(text -> !text.startsWith("."))
        .toList();
  }

  protected static List<String> descriptors(Sequence sequence) {
    long commits = sequence.steps().stream().filter(Commit.class::isInstance).count();
    return LongStream.range(0, commits).mapToObj(i -> i == 0 ? "" : Long.toString(i + 1)).toList();
  }

  @Test
  public void eachCommitHasADescriptorThatEndsWithIt() {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence);
          ByteBuffer bytes = ByteBuffer.wrap(code.bytes()).order(ByteOrder.LITTLE_ENDIAN);
          int abort = label(code, "abort");
          assertThat(bytes.getInt(abort - RseqAbi.SIGNATURE_SIZE))
              .isEqualTo(processor.arch().rseqSignature());
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
            assertThat(instructions(code, start, post).getLast()).matches(looks.commit);
            List<String> before = instructions(code, 0, start);
            assertThat(before.subList(before.size() - 2, before.size()))
                .isEqualTo(arming("descriptor" + number));
          }
          assertThat(code.lines())
              .filteredOn(line -> line.text().startsWith("descriptor"))
              .hasSameSizeAs(descriptors(sequence));
        });
  }

  @Test
  public void nothingIsLeftInARangeButByExitsAndCommits() {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence);
          int earlyCommits = descriptors(sequence).size() - 1;
          List<String> whole = instructions(code, label(code, "start"), label(code, "post"));
          assertThat(whole).filteredOn(looks.ret::equals).hasSize(earlyCommits);
          assertThat(whole).noneMatch(text -> text.startsWith(looks.systemCall));
          for (int i = 2; i <= earlyCommits + 1; i++) {
            int start = label(code, "start" + i);
            int post = label(code, "post" + i);
            assertThat(start).isGreaterThan(label(code, "start"));
            assertThat(post).isLessThan(label(code, "post"));
            List<String> range = instructions(code, start, post);
            assertThat(range).noneMatch(text -> looks.branch.matcher(text).matches());
            assertThat(range).filteredOn(text -> looks.commit.matcher(text).matches()).hasSize(1);
          }
        });
  }

  /**
   * Checks that commits that release, and only these, look so.
   *
   * @param releases whether a range of instructions that ends with a commit does
   */
  protected void checkReleases(Predicate<List<String>> releases) {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence);
          List<Boolean> expected =
              sequence.steps().stream()
                  .filter(Commit.class::isInstance)
                  .map(commit -> commit instanceof Commit.Store store && store.release())
                  .toList();
          // Descriptors are numbered in the order of arming: the last commit's comes first.
          List<Boolean> actual =
              Stream.concat(descriptors(sequence).stream().skip(1), Stream.of(""))
                  .map(i -> releases.test(commitRange(code, i)))
                  .toList();
          assertThat(actual).isEqualTo(expected);
        });
  }

  /** The instructions of a commit, from its step's first on. */
  private static List<String> commitRange(AssembledCode code, String number) {
    int post = label(code, "post" + number);
    List<Line> before =
        code.lines().stream().filter(line -> line.length() > 0 && line.offset() < post).toList();
    String note = before.getLast().note();
    return before.stream().filter(line -> line.note().equals(note)).map(Line::text).toList();
  }

  /** Checks that no register is named, in code with injection points, but some. */
  protected void checkRegisters(Pattern register, Collection<String> own) {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence, TARGET.withInjection(), PLACEMENT);
          List<String> used =
              instructions(code, 0, label(code, "descriptor")).stream()
                  .flatMap(text -> register.matcher(text).results().map(MatchResult::group))
                  .distinct()
                  .toList();
          assertThat(own).containsAll(used);
        });
  }

  /**
   * Checks that what an abort starts from is not overwritten, in code with injection points.
   *
   * @param destination an instruction that changes a register, with the group {@code register}
   * @param changed registers that do change
   * @param kept registers that must not
   * @param words the registers of the words of parameters, in order
   */
  protected void checkDestinations(
      Pattern destination, List<String> changed, List<String> kept, List<String> words) {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence, TARGET.withInjection(), PLACEMENT);
          List<String> destinations =
              instructions(code, label(code, "restart"), label(code, "descriptor")).stream()
                  .map(destination::matcher)
                  .filter(matcher -> matcher.matches())
                  .map(matcher -> matcher.group("register"))
                  .toList();
          assertThat(destinations)
              .containsAll(changed)
              .doesNotContainAnyElementsOf(
                  Stream.concat(kept.stream(), words.stream().limit(sequence.parameterWords()))
                      .toList());
        });
  }

  @Test
  public void hasTheSameSizeWhateverTheAddresses() {
    Placement far = new Placement(-32, -64);
    for (Target target : List.of(TARGET, TARGET.withInjection())) {
      forEach(
          sequence ->
              assertThat(compile(sequence, target, Placement.NOWHERE).bytes())
                  .hasSameSizeAs(compile(sequence, target, PLACEMENT).bytes())
                  .hasSameSizeAs(compile(sequence, target, far).bytes()));
    }
  }

  @Test
  public void injectionPointsAreNumberedFromOne() {
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
  public void sequencesCommitOnSeveralPaths() {
    // Otherwise the tests above would prove less than they say.
    assertThat(sequences().filter(sequence -> descriptors(sequence).size() > 2))
        .hasSizeGreaterThan(20);
  }
}
