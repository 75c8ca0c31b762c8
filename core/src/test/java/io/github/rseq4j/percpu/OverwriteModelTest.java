package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.ModelOutcomes.assertCorrect;
import static io.github.rseq4j.percpu.ModelOutcomes.assertFound;
import static io.github.rseq4j.percpu.RingLayout.DATA;
import static io.github.rseq4j.percpu.RingLayout.HEADER_BYTES;
import static io.github.rseq4j.percpu.RingLayout.NUMBERED_HEADER_BYTES;
import static io.github.rseq4j.percpu.RingLayout.OLDEST;
import static io.github.rseq4j.percpu.RingLayout.OPEN;
import static io.github.rseq4j.percpu.RingLayout.STATE;
import static io.github.rseq4j.percpu.RingLayout.TAIL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.ModelChecker;
import io.github.rseq4j.sequence.ModelChecker.Actions;
import io.github.rseq4j.sequence.ModelChecker.Answer;
import io.github.rseq4j.sequence.ModelChecker.Call;
import io.github.rseq4j.sequence.ModelChecker.Outcome;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The sequences of rings that overwrite, and how they are copied, in all interleavings. */
class OverwriteModelTest {
  /** Two records of one word, and a header. */
  private static final int CAPACITY = 64;

  private static final int LENGTH = Long.BYTES;
  private static final int ROOM = 2;
  private static final long RECORD_BYTES = RingLayout.numberedBytes(LENGTH);
  private static final Program PROGRAM =
      Program.of("ring_overwrite", OverwriteSequences.MAKE_ROOM, OverwriteSequences.OVERWRITE);
  private static final int SLICE_BYTES = PROGRAM.minimumSlice();

  private record Entry(long header, long number, long content) {}

  /** What a ring means: the records in it, the number of the next one, and whether it is closed. */
  private record Ring(List<Entry> records, long next, long state) {
    Ring plus(long header, long content) {
      List<Entry> more = new ArrayList<>(records);
      more.add(new Entry(header, next, content));
      return new Ring(List.copyOf(more), next + 1, state);
    }

    Ring withoutOldest() {
      return new Ring(records.subList(1, records.size()), next, state);
    }
  }

  private static final class Meaning implements ModelChecker.Meaning<Ring> {
    @Override
    public Ring of(ModelChecker.Slice slice) {
      List<Entry> records = new ArrayList<>();
      long tail = slice.get(TAIL.displacement());
      for (long at = slice.get(OLDEST.displacement()); at < tail; at += RECORD_BYTES) {
        long record = place(at);
        records.add(
            new Entry(
                slice.get(record),
                slice.get(record + HEADER_BYTES),
                slice.get(record + NUMBERED_HEADER_BYTES)));
      }
      long next = slice.get(place(tail) + HEADER_BYTES);
      return new Ring(List.copyOf(records), next, slice.get(STATE.displacement()));
    }

    @Override
    public List<Answer<Ring>> answers(Ring before, Call call) {
      boolean full = before.records.size() == ROOM;
      if (call.sequence() == OverwriteSequences.MAKE_ROOM) {
        return List.of(new Answer<>(full ? before.withoutOldest() : before, 0));
      }
      if (full) {
        return List.of(new Answer<>(before, OverwriteSequences.FULL));
      }
      MemorySegment source = (MemorySegment) call.arguments().get(2);
      long content = source.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
      return List.of(new Answer<>(before.plus(call.value(1), content), OPEN));
    }
  }

  private static long place(long position) {
    return DATA.displacement() + (position & (CAPACITY - 1));
  }

  /**
   * Writes as {@link OverwritingRings#write} does, but gives up when it has been moved too often.
   * Each record has its type as its only content.
   */
  private static void write(Actions on, int type) {
    MemorySegment source = MemorySegment.ofArray(new long[] {type});
    long header = RingLayout.header(type, LENGTH);
    if (on.run(PROGRAM, CAPACITY - 1, header, source) == OverwriteSequences.FULL) {
      on.run(PROGRAM, CAPACITY - 1, header, source);
    }
  }

  private static Call makeRoom(int type) {
    return call(OverwriteSequences.MAKE_ROOM, type);
  }

  private static Call overwrite(int type) {
    return call(OverwriteSequences.OVERWRITE, type);
  }

  private static Call call(Sequence sequence, int type) {
    MemorySegment source = MemorySegment.ofArray(new long[] {type});
    return Call.of(sequence, CAPACITY - 1, RingLayout.header(type, LENGTH), source);
  }

  @Test
  void writesMeanWhatABoundedQueueMeans() {
    assertCorrect(
        "overwriting ring of two writers",
        new ModelChecker(SLICE_BYTES)
            .thread("a", makeRoom(1), overwrite(1), makeRoom(2), overwrite(2))
            .thread("b", makeRoom(3), overwrite(3))
            .aborts(1)
            .atEnd(
                end -> {
                  long written =
                      Stream.of(
                              end.results("a").get(1),
                              end.results("a").get(3),
                              end.results("b").get(1))
                          .filter(result -> result == OPEN)
                          .count();
                  assertThat(end.sum(TAIL.displacement())).isEqualTo(written * RECORD_BYTES);
                })
            .check(new Meaning()),
        1_000);
  }

  /** How a reader may copy. */
  private enum Copying {
    CORRECT,
    WITHOUT_SECOND_LOOK,
    WITHOUT_FENCE
  }

  /** Copies as {@link OverwritingCursor} does, and checks what is left of the copy. */
  private static void copy(Actions on, Copying copying) {
    long tail = on.getAcquire(0, TAIL.displacement());
    long oldest = on.getAcquire(0, OLDEST.displacement());
    List<Entry> copies = new ArrayList<>();
    for (long at = oldest; at < tail; at += RECORD_BYTES) {
      long record = place(at);
      long number = at / RECORD_BYTES;
      copies.add(new Entry(on.get(0, record), number, on.get(0, record + NUMBERED_HEADER_BYTES)));
    }
    if (copying != Copying.WITHOUT_FENCE) {
      on.fence(0);
    }
    long intact =
        copying == Copying.WITHOUT_SECOND_LOOK ? oldest : on.getAcquire(0, OLDEST.displacement());
    for (int i = 0; i < copies.size(); i++) {
      long at = oldest + i * RECORD_BYTES;
      if (at >= intact) {
        Entry copy = copies.get(i);
        assertThat(copy.header).as("header").isEqualTo(RingLayout.header((int) copy.content, 8));
      }
    }
  }

  private static Outcome copies(Copying copying) {
    return new ModelChecker(SLICE_BYTES)
        .thread(
            "writer",
            on -> {
              for (int type = 1; type <= 3; type++) {
                write(on, type);
              }
            })
        .thread("reader", on -> copy(on, copying))
        .aborts(1)
        .check();
  }

  @Test
  void aCopyThatIsDeliveredIsWhole() {
    assertCorrect("overwriting ring with a reader", copies(Copying.CORRECT), 1_000);
  }

  @Test
  void aReaderThatDoesNotLookAgainIsFound() {
    assertFound(
        "overwriting ring, copied without a second look",
        copies(Copying.WITHOUT_SECOND_LOOK),
        "[header]");
  }

  @Test
  void aReaderThatDoesNotFenceIsFound() {
    assertFound("overwriting ring, copied without a fence", copies(Copying.WITHOUT_FENCE), "[");
  }
}
