package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.ModelOutcomes.assertCorrect;
import static io.github.rseq4j.percpu.ModelOutcomes.assertFound;
import static io.github.rseq4j.percpu.RingLayout.CLOSED;
import static io.github.rseq4j.percpu.RingLayout.DATA;
import static io.github.rseq4j.percpu.RingLayout.HEAD;
import static io.github.rseq4j.percpu.RingLayout.HEADER_BYTES;
import static io.github.rseq4j.percpu.RingLayout.LIMIT;
import static io.github.rseq4j.percpu.RingLayout.LOST;
import static io.github.rseq4j.percpu.RingLayout.OPEN;
import static io.github.rseq4j.percpu.RingLayout.STATE;
import static io.github.rseq4j.percpu.RingLayout.TAIL;
import static io.github.rseq4j.percpu.RingLayout.WAITED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.ModelChecker;
import io.github.rseq4j.sequence.ModelChecker.Actions;
import io.github.rseq4j.sequence.ModelChecker.Answer;
import io.github.rseq4j.sequence.ModelChecker.Call;
import io.github.rseq4j.sequence.ModelChecker.Outcome;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ring's sequences and its reader's protocol, in all interleavings of a few operations. */
class RingModelTest {
  /** Two records of one word. */
  private static final int CAPACITY = 32;

  private static final int LENGTH = Long.BYTES;
  private static final long RECORD_BYTES = RingLayout.recordBytes(LENGTH);
  private static final int SLICE_BYTES =
      Math.max(RingSequences.WRITE.minimumSlice(), RingSequences.CLAIM.minimumSlice());

  /** Between the words of the CPU and those of the reader; holds what a test has to remember. */
  private static final long SPARE = LIMIT.displacement() + (long) Long.BYTES;

  private record Entry(long header, long content) {}

  /** What a ring means: the records that are to be read, and how many there were and were lost. */
  private record Ring(List<Entry> records, long written, long lost, long state) {
    Ring plus(Entry record) {
      List<Entry> more = new ArrayList<>(records);
      more.add(record);
      return new Ring(List.copyOf(more), written + RECORD_BYTES, lost, state);
    }

    Ring plusLost() {
      return new Ring(records, written, lost + 1, state);
    }
  }

  /** Each record is written with its type as its only content. */
  private static final class Meaning implements ModelChecker.Meaning<Ring> {
    @Override
    public Ring of(ModelChecker.Slice slice) {
      List<Entry> records = new ArrayList<>();
      long tail = slice.get(TAIL.displacement());
      for (long at = slice.get(HEAD.displacement()); at < tail; at += RECORD_BYTES) {
        long record = DATA.displacement() + (at & (CAPACITY - 1));
        records.add(new Entry(slice.get(record), slice.get(record + HEADER_BYTES)));
      }
      long state = slice.get(STATE.displacement());
      return new Ring(List.copyOf(records), tail, slice.get(LOST.displacement()), state);
    }

    @Override
    public List<Answer<Ring>> answers(Ring before, Call call) {
      List<Answer<Ring>> answers = new ArrayList<>();
      if (before.state == CLOSED) {
        answers.add(new Answer<>(before, CLOSED));
      }
      if (before.records.size() * RECORD_BYTES + RECORD_BYTES <= CAPACITY) {
        MemorySegment source = (MemorySegment) call.arguments().get(2);
        long content = source.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        Ring after = before.plus(new Entry(call.value(1), content));
        // The state that a writer has seen may be an older one.
        answers.add(new Answer<>(after, OPEN));
        if (before.state == WAITED) {
          answers.add(new Answer<>(after, WAITED));
        }
      }
      // The head that a writer has seen may be any older one.
      if (before.written + RECORD_BYTES > CAPACITY) {
        answers.add(new Answer<>(before.plusLost(), RingSequences.FULL));
      }
      return answers;
    }
  }

  private static Call write(int type) {
    MemorySegment source = MemorySegment.ofArray(new long[] {type});
    return Call.of(RingSequences.WRITE, CAPACITY - 1, RingLayout.header(type, LENGTH), source);
  }

  private static void writeAndWake(Actions on, int type, long woken) {
    MemorySegment source = MemorySegment.ofArray(new long[] {type});
    long header = RingLayout.header(type, LENGTH);
    if (on.run(RingSequences.WRITE, CAPACITY - 1, header, source) == WAITED) {
      on.set(0, woken, 1);
    }
  }

  private static long claim(Actions on, int type) {
    return on.run(
        RingSequences.CLAIM, CAPACITY - 1, RingLayout.claimedHeader(type, LENGTH), LENGTH);
  }

  /** Completes a claim as its owner does, from wherever it runs. */
  private static void commit(Actions on, long record, int type) {
    int cpu = (int) (record / SLICE_BYTES);
    long offset = record % SLICE_BYTES;
    on.set(cpu, offset + HEADER_BYTES, type);
    on.setRelease(cpu, offset, RingLayout.header(type, LENGTH));
  }

  /** What a reader may do wrong. */
  private enum Reader {
    CORRECT,
    TAIL_WITHOUT_ACQUIRE,
    HEADER_WITHOUT_ACQUIRE,
    HEAD_BEFORE_RECORD
  }

  /** Reads as {@link PerCpuRingBuffer#read} does, and returns the types. */
  private static List<Integer> read(Actions on, int cpu, int limit, Reader reader) {
    long tail =
        reader == Reader.TAIL_WITHOUT_ACQUIRE
            ? on.get(cpu, TAIL.displacement())
            : on.getAcquire(cpu, TAIL.displacement());
    long begin = on.getAcquire(cpu, HEAD.displacement());
    long head = begin;
    List<Integer> types = new ArrayList<>();
    while (head != tail && types.size() < limit) {
      long record = DATA.displacement() + (head & (CAPACITY - 1));
      long header = reader == Reader.CORRECT ? on.getAcquire(cpu, record) : on.get(cpu, record);
      if (RingLayout.isClaimed(header)) {
        break;
      }
      assertThat(RingLayout.length(header)).as("length").isEqualTo(LENGTH);
      if (reader == Reader.HEAD_BEFORE_RECORD) {
        on.setRelease(cpu, HEAD.displacement(), head + RECORD_BYTES);
      }
      assertThat(on.get(cpu, record + HEADER_BYTES))
          .as("content")
          .isEqualTo(RingLayout.type(header));
      types.add(RingLayout.type(header));
      head += RECORD_BYTES;
    }
    if (head != begin) {
      on.setRelease(cpu, HEAD.displacement(), head);
    }
    return types;
  }

  @Test
  void writesMeanWhatAQueueMeans() {
    assertCorrect(
        "ring of two writers",
        new ModelChecker(SLICE_BYTES)
            .thread("a", write(1), write(2))
            .thread("b", write(3), write(4))
            .aborts(1)
            .atEnd(
                end ->
                    assertThat(end.sum(TAIL.displacement()) / RECORD_BYTES)
                        .isEqualTo(4 - end.sum(LOST.displacement())))
            .check(new Meaning()),
        1_000);
  }

  private static Outcome wraps(Reader reader) {
    return new ModelChecker(SLICE_BYTES)
        .thread("writer", write(1), write(2), write(3))
        .thread(
            "reader",
            on -> {
              List<Integer> types = new ArrayList<>(read(on, 0, 1, reader));
              types.addAll(read(on, 0, 2, reader));
              assertThat(types).as("types").isSorted().doesNotHaveDuplicates();
            })
        .aborts(1)
        .check(new Meaning());
  }

  @Test
  void aReaderSeesWholeRecordsInOrder() {
    assertCorrect("ring that wraps, with a reader", wraps(Reader.CORRECT), 1_000);
  }

  @Test
  void aReaderThatDoesNotAcquireIsFound() {
    assertFound("ring, tail without acquire", wraps(Reader.TAIL_WITHOUT_ACQUIRE), "[content]");
  }

  @Test
  void aReaderThatGivesSpaceBackTooEarlyIsFound() {
    assertFound("ring, head before record", wraps(Reader.HEAD_BEFORE_RECORD), "[content]");
  }

  private static Outcome claims(Reader reader) {
    return new ModelChecker(SLICE_BYTES)
        .thread("claimer", on -> commit(on, claim(on, 1), 1))
        .thread("writer", write(2))
        .thread(
            "reader",
            on -> {
              List<Integer> types = new ArrayList<>(read(on, 0, 2, reader));
              types.addAll(read(on, 0, 2, reader));
              assertThat(types).as("types").doesNotHaveDuplicates();
            })
        .aborts(1)
        .atEnd(end -> assertThat(end.sum(TAIL.displacement())).isEqualTo(2 * RECORD_BYTES))
        .check();
  }

  @Test
  void aReaderStopsAtAClaimUntilItIsCommitted() {
    assertCorrect("ring with a claim", claims(Reader.CORRECT), 1_000);
    assertFound("ring, header without acquire", claims(Reader.HEADER_WITHOUT_ACQUIRE), "[content]");
  }

  private static Outcome closes(boolean fence) {
    return new ModelChecker(SLICE_BYTES)
        .thread("a", write(1))
        .thread("b", write(2))
        .thread(
            "closer",
            on -> {
              for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
                on.setRelease(cpu, STATE.displacement(), CLOSED);
              }
              for (int cpu = 0; cpu < ModelChecker.CPUS && fence; cpu++) {
                on.fence(cpu);
              }
              on.set(0, SPARE, on.getAcquire(0, TAIL.displacement()));
            })
        .aborts(1)
        .atEnd(
            end -> {
              ModelChecker.Slice slice = end.slices().getFirst();
              assertThat(slice.get(TAIL.displacement())).as("tail").isEqualTo(slice.get(SPARE));
            })
        .check(new Meaning());
  }

  @Test
  void nothingIsWrittenOnceCloseHasReturned() {
    assertCorrect("ring that is closed", closes(true), 1_000);
    assertFound("ring that is closed without a fence", closes(false), "[tail]");
  }

  /** Waits as {@link ReaderWait} does; in place of parking it notes that it has found nothing. */
  private static Outcome waits(boolean fence) {
    long parked = SPARE;
    long woken = SPARE + Long.BYTES;
    return new ModelChecker(SLICE_BYTES)
        .thread("a", on -> writeAndWake(on, 1, woken))
        .thread("b", on -> writeAndWake(on, 2, woken))
        .thread(
            "reader",
            on -> {
              long found = 0;
              for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
                on.setRelease(cpu, STATE.displacement(), WAITED);
              }
              for (int cpu = 0; cpu < ModelChecker.CPUS && fence; cpu++) {
                on.fence(cpu);
              }
              for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
                found += on.getAcquire(cpu, TAIL.displacement());
              }
              on.set(0, parked, found == 0 ? 1 : 0);
            })
        .aborts(1)
        .atEnd(
            end -> {
              ModelChecker.Slice slice = end.slices().getFirst();
              assertThat(slice.get(woken)).as("woken").isGreaterThanOrEqualTo(slice.get(parked));
            })
        .check();
  }

  @Test
  void noReaderWaitsForARecordThatIsThere() {
    assertCorrect("ring with a reader that waits", waits(true), 1_000);
    assertFound("ring with a reader that waits, without a fence", waits(false), "[woken]");
  }
}
