package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.ModelChecker;
import io.github.rseq4j.sequence.ModelChecker.Answer;
import io.github.rseq4j.sequence.ModelChecker.Call;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The counters' sequence in all interleavings of a few additions and a reader. */
class CounterModelTest {
  private static final long CELL = CounterLayout.offset(0);

  /** A cell is its number. */
  private static final class Meaning implements ModelChecker.Meaning<Long> {
    @Override
    public Long of(ModelChecker.Slice slice) {
      return slice.get(CELL);
    }

    @Override
    public List<Answer<Long>> answers(Long before, Call call) {
      return List.of(new Answer<>(before + call.value(0), 0));
    }
  }

  @Test
  void additionsAreExactAndReadersSeeThemInOrder() {
    ModelChecker.Outcome outcome =
        new ModelChecker((int) CounterLayout.sliceBytes(1))
            .thread("a", Call.of(CounterLayout.ADD, 1), Call.of(CounterLayout.ADD, 2))
            .thread("b", Call.of(CounterLayout.ADD, 4))
            .thread(
                "reader",
                on -> {
                  long first = on.getAcquire(0, CELL) + on.getAcquire(1, CELL);
                  long second = on.getAcquire(0, CELL) + on.getAcquire(1, CELL);
                  assertThat(first).isBetween(0L, 7L);
                  assertThat(second).isBetween(first, 7L);
                })
            .atEnd(end -> assertThat(end.sum(CELL)).isEqualTo(7))
            .check(new Meaning());
    System.out.println("model checker, counters: " + outcome);
    assertThat(outcome.violation()).isNull();
    assertThat(outcome.states()).isGreaterThan(100);
  }
}
