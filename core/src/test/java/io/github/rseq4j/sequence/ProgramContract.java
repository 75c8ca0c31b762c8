package io.github.rseq4j.sequence;

import static io.github.rseq4j.sequence.Slices.bytes;
import static io.github.rseq4j.sequence.Slices.number;
import static io.github.rseq4j.sequence.Slices.put;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What programs mean, whatever runs them. */
@SuppressWarnings("exports") // tests are not exported, this package is
public abstract class ProgramContract {
  private static final Address FIRST = Address.of("first", 0);
  private static final Address SECOND = Address.of("second", 8);
  private static final Address THIRD = Address.of("third", 16);

  private final ProgramBackend backend;

  /**
   * Makes the contract.
   *
   * @param backend what it is for
   */
  protected ProgramContract(ProgramBackend backend) {
    this.backend = backend;
  }

  /** Adds 1 to a word, and leaves with a result. */
  private static Sequence count(Address word, int result) {
    return Sequence.define(
        "count_" + word.name(),
        s -> {
          s.parameter("limit");
          s.commitAdd64(word, 1, Exit.of("counted", result));
        });
  }

  /** Adds 1 to a word, unless it has come to the limit. */
  private static Sequence countUpTo(Address word, int result) {
    return Sequence.define(
        "limit_" + word.name(),
        s -> {
          Value limit = s.parameter("limit");
          Value count = s.load64("count", word);
          s.exitIf(count, Condition.AT_LEAST, limit, Exit.of("full", 99));
          s.commit64(word, s.add("next", count, 1), Exit.of("counted", result));
        });
  }

  private static MemorySegment words(long... words) {
    MemorySegment slice = Slices.zeroed();
    long at = 0;
    for (long word : words) {
      put(slice, at, Long.BYTES, word);
      at += Long.BYTES;
    }
    return slice;
  }

  @Test
  public void theResultIsThatOfTheLastSequence() {
    Program program = Program.of("three", count(FIRST, 5), count(SECOND, 3), count(THIRD, 4));
    MemorySegment slice = words(10, 20, 30);
    assertThat(backend.run(program, slice, 0L)).isEqualTo(4);
    assertThat(bytes(slice)).isEqualTo(bytes(words(11, 21, 31)));
  }

  @Test
  public void oneSequenceIsAProgram() {
    MemorySegment slice = words(10, 20);
    assertThat(backend.run(Program.of(count(SECOND, 6)), slice, 0L)).isEqualTo(6);
    assertThat(bytes(slice)).isEqualTo(bytes(words(10, 21)));
  }

  @Test
  public void anExitWithoutACommitEndsTheProgram() {
    Program program = Program.of("three", count(FIRST, 5), countUpTo(SECOND, 3), count(THIRD, 4));
    MemorySegment slice = words(10, 20, 30);
    assertThat(backend.run(program, slice, 20L)).isEqualTo(99);
    assertThat(bytes(slice)).as("what has committed stays").isEqualTo(bytes(words(11, 20, 30)));
    assertThat(backend.run(program, slice, 21L)).isEqualTo(4);
    assertThat(bytes(slice)).isEqualTo(bytes(words(12, 21, 31)));
  }

  @ParameterizedTest
  @ValueSource(longs = {Slices.BYTES / Long.BYTES, Long.MAX_VALUE, -1})
  public void anAccessOutOfBoundsEndsTheProgram(long index) {
    Sequence outside =
        Sequence.define(
            "outside",
            s -> {
              Value at = s.parameter("at");
              s.commit64(FIRST.longAt(at), at, Exit.of("stored", 3));
            });
    Program program = Program.of("three", count(FIRST, 5), outside, count(THIRD, 4));
    MemorySegment slice = words(10, 20, 30);
    assertThat(backend.run(program, slice, index)).isEqualTo(Exit.OUT_OF_BOUNDS);
    assertThat(bytes(slice)).isEqualTo(bytes(words(11, 20, 30)));
    assertThat(backend.run(program, slice, 1L)).isEqualTo(4);
    assertThat(bytes(slice)).isEqualTo(bytes(words(12, 1, 31)));
  }

  @Test
  public void eachSequenceSeesWhatThoseBeforeItHaveCommitted() {
    Sequence copyOn =
        Sequence.define(
            "copy_on",
            s -> {
              s.parameter("limit");
              s.commit64(SECOND, s.load64("first", FIRST), Exit.of("copied", 3));
            });
    MemorySegment slice = words(10, 20);
    assertThat(backend.run(Program.of("two", count(FIRST, 5), copyOn), slice, 0L)).isEqualTo(3);
    assertThat(bytes(slice)).isEqualTo(bytes(words(11, 11)));
  }

  @Test
  public void theProgramGoesOnFromEachCommit() {
    Sequence either =
        Sequence.define(
            "either",
            s -> {
              Value which = s.parameter("which");
              Label other = s.label("other");
              s.skipIf(which, Condition.EQUAL, 0, other);
              s.commitAdd64(FIRST, 1, Exit.of("first", 1));
              s.land(other);
              s.commitAdd64(SECOND, 1, Exit.of("second", 2));
            });
    Program program = Program.of("twice", either, count(THIRD, 4), either);
    MemorySegment slice = words(10, 20, 30);
    assertThat(backend.run(program, slice, 1L)).isEqualTo(1);
    assertThat(bytes(slice)).isEqualTo(bytes(words(12, 20, 31)));
    assertThat(backend.run(program, slice, 0L)).isEqualTo(2);
    assertThat(bytes(slice)).isEqualTo(bytes(words(12, 22, 32)));
  }

  @Test
  public void eachSequenceGetsAllParameters() {
    Program program = Program.of("two", transfer(32, 8), transfer(64, 24));
    MemorySegment slice = words(10, 20, 30);
    MemorySegment from = MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5});
    MemorySegment to = MemorySegment.ofArray(new long[4]);
    assertThat(backend.run(program, slice, from, 4L, to, 77L)).isEqualTo(24);
    MemorySegment expected = words(10, 79, 30);
    MemorySegment.copy(from, 0, expected, 32, 4);
    MemorySegment.copy(from, 0, expected, 64, 4);
    assertThat(bytes(slice)).isEqualTo(bytes(expected));
    assertThat(number(to, 0, Long.BYTES)).isZero();
    assertThat(number(to, 8, Long.BYTES)).isEqualTo(77);
    assertThat(number(to, 16, Long.BYTES)).isZero();
    assertThat(number(to, 24, Long.BYTES)).isEqualTo(78);
  }

  /** Copies from the source to {@code at}, and stores a number further into the destination. */
  private static Sequence transfer(int at, int out) {
    return Sequence.define(
        "transfer" + at,
        s -> {
          Source from = s.source("from" + at);
          Value length = s.parameter("length" + at);
          Destination to = s.destination("to" + at);
          Value number = s.parameter("number" + at);
          s.copy(Address.of("at", at), from, length, 8);
          Value sum = s.add("sum", number, at == 32 ? 0 : 1);
          s.storeOut64(to, out, sum);
          s.commit64(SECOND, s.add("next", sum, 1), Exit.of("transferred", out));
        });
  }

  @Test
  public void aProgramMayBeAsLongAsIsAllowed() {
    Program program =
        Program.of(
            "longest",
            IntStream.range(0, Program.MAX_SEQUENCES)
                .mapToObj(i -> count(FIRST, i))
                .toArray(Sequence[]::new));
    MemorySegment slice = words(10, 20);
    assertThat(backend.run(program, slice, 0L)).isEqualTo(Program.MAX_SEQUENCES - 1);
    assertThat(bytes(slice)).isEqualTo(bytes(words(10 + Program.MAX_SEQUENCES, 20)));
  }

  @Test
  public void theRestOfAProgramRunsByItself() {
    Program program = Program.of("three", count(FIRST, 5), count(SECOND, 3), count(THIRD, 4));
    MemorySegment slice = words(10, 20, 30);
    assertThat(backend.run(program.from(1), slice, 0L)).isEqualTo(4);
    assertThat(bytes(slice)).isEqualTo(bytes(words(10, 21, 31)));
    assertThat(backend.run(program.from(2), slice, 0L)).isEqualTo(4);
    assertThat(bytes(slice)).isEqualTo(bytes(words(10, 21, 32)));
  }
}
