package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.ModelOutcomes.assertCorrect;
import static io.github.rseq4j.percpu.ModelOutcomes.assertFound;
import static io.github.rseq4j.percpu.QueueLayout.CAPACITY;
import static io.github.rseq4j.percpu.QueueLayout.HEAD;
import static io.github.rseq4j.percpu.QueueLayout.ROUTE;
import static io.github.rseq4j.percpu.QueueLayout.TAIL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.ModelChecker;
import io.github.rseq4j.sequence.ModelChecker.Actions;
import io.github.rseq4j.sequence.ModelChecker.Answer;
import io.github.rseq4j.sequence.ModelChecker.Call;
import io.github.rseq4j.sequence.ModelChecker.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The queue's sequence and both sides' protocol, in all interleavings of a few operations. */
class QueueModelTest {
  /** The places, which are words here; 0 is null. */
  private static final long PLACES = QueueLayout.SLICE_BYTES;

  private static final int MOST_PLACES = 2;

  // What a test has to remember, in the slice of CPU 0.
  private static final long WAITER = PLACES + MOST_PLACES * (long) Long.BYTES;
  private static final long PARKED = WAITER + Long.BYTES;
  private static final long WOKEN = PARKED + Long.BYTES;

  private static final int SLICE_BYTES = (int) WOKEN + Long.BYTES;

  private static long place(long position, int capacity) {
    return PLACES + (position & (capacity - 1)) * Long.BYTES;
  }

  private static long word(Actions on, int cpu, Address address) {
    return on.getAcquire(cpu, address.displacement());
  }

  /** What a slice means to claims. */
  private record Part(long tail, long head, long capacity) {}

  private static final class Meaning implements ModelChecker.Meaning<Part> {
    @Override
    public Part of(ModelChecker.Slice slice) {
      return new Part(
          slice.get(TAIL.displacement()),
          slice.get(HEAD.displacement()),
          slice.get(CAPACITY.displacement()));
    }

    @Override
    public List<Answer<Part>> answers(Part before, Call call) {
      List<Answer<Part>> answers = new ArrayList<>();
      for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
        if (before.tail == 0) { // so nobody may have seen the capacity here
          answers.add(new Answer<>(before, (long) cpu * SLICE_BYTES + QueueSequences.UNREADY));
        }
        if (before.tail - before.head < before.capacity) {
          Part after = new Part(before.tail + 1, before.head, before.capacity);
          for (boolean awaited : new boolean[] {false, true}) {
            long place = before.tail & call.value(0);
            answers.add(new Answer<>(after, QueueLayout.route(cpu, awaited) + place));
          }
        }
      }
      // The head that was seen may be any older one.
      if (before.tail >= before.capacity) {
        answers.add(new Answer<>(before, QueueSequences.FULL));
      }
      return answers;
    }
  }

  /** Makes the parts, as the constructor and the first offers do; before, claims are refused. */
  private static void prepare(Actions on, int capacity) {
    for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
      on.setRelease(cpu, ROUTE.displacement(), QueueLayout.route(cpu, false));
      on.setRelease(cpu, CAPACITY.displacement(), capacity);
    }
  }

  /** Offers once, as {@link PerCpuQueue#offer} does, and returns the claim, or 0. */
  private static long offer(Actions on, int capacity, long element) {
    long claim = on.run(QueueSequences.CLAIM, capacity - 1);
    if (!QueueLayout.isClaim(claim)) {
      return 0;
    }
    int place = QueueLayout.index(claim) - QueueLayout.PADDING;
    on.setRelease(QueueLayout.slice(claim), place(place, capacity), element);
    return claim;
  }

  /** What a consumer may do wrong. */
  private enum Taking {
    CORRECT,
    HEAD_BEFORE_PLACE
  }

  /** Takes from one CPU, as {@link QueueTaker} does, and returns the element, or 0. */
  private static long take(Actions on, int cpu, int capacity, Taking taking) {
    long head = word(on, cpu, HEAD);
    long place = place(head, capacity);
    long element = on.getAcquire(cpu, place);
    if (element == 0) {
      return 0;
    }
    if (taking == Taking.HEAD_BEFORE_PLACE) {
      on.setRelease(cpu, HEAD.displacement(), head + 1);
      on.set(cpu, place, 0);
    } else {
      on.set(cpu, place, 0);
      on.setRelease(cpu, HEAD.displacement(), head + 1);
    }
    return element;
  }

  private static Outcome transfers(int capacity, Taking taking) {
    return new ModelChecker(SLICE_BYTES)
        .thread(
            "producer",
            on -> {
              offer(on, capacity, 1);
              offer(on, capacity, 2);
              offer(on, capacity, 3);
            })
        .thread(
            "consumer",
            on -> {
              prepare(on, capacity);
              List<Long> taken = new ArrayList<>();
              for (int i = 0; i < 2; i++) {
                taken.add(take(on, 0, capacity, taking));
              }
              taken.removeIf(each -> each == 0);
              assertThat(taken).as("taken").isSorted().doesNotHaveDuplicates();
            })
        .aborts(1)
        .atEnd(end -> end.slices().forEach(slice -> assertFilled(slice, capacity)))
        .check(new Meaning());
  }

  /** What is between head and tail is there, and nothing else is. */
  private static void assertFilled(ModelChecker.Slice slice, int capacity) {
    long head = slice.get(HEAD.displacement());
    long tail = slice.get(TAIL.displacement());
    assertThat(tail - head).as("fill").isBetween(0L, (long) capacity);
    for (long position = head; position < head + capacity; position++) {
      assertThat(slice.get(place(position, capacity)) != 0).as("filled").isEqualTo(position < tail);
    }
  }

  @Test
  void elementsComeThroughInOrderAndNoneIsLost() {
    assertCorrect("queue of one place", transfers(1, Taking.CORRECT), 1_000);
    assertCorrect("queue of two places", transfers(2, Taking.CORRECT), 1_000);
  }

  @Test
  void aHeadReleasedBeforeThePlaceIsClearedIsFound() {
    assertFound("queue, head before place", transfers(1, Taking.HEAD_BEFORE_PLACE), "[filled]");
  }

  private static Outcome twoProducers() {
    return new ModelChecker(SLICE_BYTES)
        .thread("a", on -> offer(on, 1, 1))
        .thread("b", on -> offer(on, 1, 2))
        .thread(
            "consumer",
            on -> {
              prepare(on, 1);
              long taken = take(on, 0, 1, Taking.CORRECT);
              assertThat(taken == 0 || taken != take(on, 0, 1, Taking.CORRECT)).isTrue();
            })
        .aborts(1)
        .atEnd(end -> end.slices().forEach(slice -> assertFilled(slice, 1)))
        .check(new Meaning());
  }

  @Test
  void producersGetDifferentPlaces() {
    assertCorrect("queue of two producers", twoProducers(), 1_000);
  }

  /** What may be wrong about waiting. */
  private enum Waiting {
    CORRECT,
    WITHOUT_FENCE,
    WITHOUT_LOOK_AT_TAILS,
    WITHOUT_PRODUCERS_FENCE
  }

  /** A full fence: whoever comes to it later has seen what was seen by those before. */
  private static void fullFence(Actions on) {
    on.fence(0);
  }

  private static Outcome waits(Waiting waiting) {
    return new ModelChecker(SLICE_BYTES)
        .thread(
            "producer",
            on -> {
              long claim = offer(on, 1, 1);
              if (QueueLayout.isAwaited(claim)) {
                if (waiting != Waiting.WITHOUT_PRODUCERS_FENCE) {
                  fullFence(on);
                }
                if (on.get(0, WAITER) != 0) {
                  on.set(0, WOKEN, 1);
                }
              }
            })
        .thread(
            "consumer",
            on -> {
              prepare(on, 1);
              for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
                on.setRelease(cpu, ROUTE.displacement(), QueueLayout.route(cpu, true));
              }
              for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
                if (waiting != Waiting.WITHOUT_FENCE) {
                  on.fence(cpu);
                }
              }
              on.set(0, WAITER, 1);
              fullFence(on);
              for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
                if (take(on, cpu, 1, Taking.CORRECT) != 0) {
                  return;
                }
              }
              for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
                if (waiting != Waiting.WITHOUT_LOOK_AT_TAILS
                    && word(on, cpu, TAIL) != word(on, cpu, HEAD)) {
                  return; // looks again soon
                }
              }
              on.set(0, PARKED, 1);
            })
        .aborts(1)
        .atEnd(
            end -> {
              ModelChecker.Slice slice = end.slices().getFirst();
              boolean offered = end.sum(TAIL.displacement()) != 0;
              if (offered && slice.get(PARKED) != 0) {
                assertThat(slice.get(WOKEN)).as("woken").isEqualTo(1);
              }
            })
        .check();
  }

  @Test
  void aConsumerThatParksIsWoken() {
    assertCorrect("queue that is awaited", waits(Waiting.CORRECT), 1_000);
  }

  @Test
  void aConsumerThatParksWithoutCareIsFound() {
    for (Waiting mistake : Waiting.values()) {
      if (mistake != Waiting.CORRECT) {
        assertFound("queue that is awaited, " + mistake, waits(mistake), "[woken]");
      }
    }
  }
}
