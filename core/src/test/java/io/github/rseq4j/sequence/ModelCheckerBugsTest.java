package io.github.rseq4j.sequence;

import static io.github.rseq4j.sequence.ModelStack.CAPACITY;
import static io.github.rseq4j.sequence.ModelStack.COUNT;
import static io.github.rseq4j.sequence.ModelStack.EMPTY;
import static io.github.rseq4j.sequence.ModelStack.ITEMS;
import static io.github.rseq4j.sequence.ModelStack.POP;
import static io.github.rseq4j.sequence.ModelStack.PUSH;
import static io.github.rseq4j.sequence.ModelStack.PUSHED;
import static io.github.rseq4j.sequence.ModelStack.SLICE_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.ModelChecker.Call;
import io.github.rseq4j.sequence.ModelChecker.Outcome;
import io.github.rseq4j.sequence.ModelChecker.Script;
import io.github.rseq4j.sequence.ModelChecker.Violation;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Sequences and protocols with one deliberate bug each, in which the model checker finds it, beside
 * their correct twins, in which it finds nothing.
 */
class ModelCheckerBugsTest {
  private static final Exit DONE = Exit.of("done", 0);

  /** A message: a word of data, and how many there were. */
  private static final Address DATA = Address.of("data", 0);

  private static final Address SENT = Address.of("sent", 8);
  private static final int MESSAGE_BYTES = 16;

  /** A counter with a flag that keeps sequences out. */
  private static final Address TOTAL = Address.of("total", 0);

  private static final Address STOP = Address.of("stop", 8);
  private static final int STOPPED = 1;

  /** What a controller has taken out of the total. */
  private static final Address TAKEN = Address.of("taken", 16);

  private static final int TOTAL_BYTES = 24;

  private static Outcome print(String what, Outcome outcome) {
    System.out.println("model checker, " + what + ": " + outcome);
    return outcome;
  }

  private static void assertFound(String bug, Outcome outcome, String message, String step) {
    print(bug, outcome);
    Violation violation = Objects.requireNonNull(outcome.violation(), bug);
    assertThat(violation.message()).contains(message);
    assertThat(violation.trace()).anyMatch(line -> line.contains(step));
  }

  private static void assertCorrect(String what, Outcome outcome, long minimumOfStates) {
    print(what, outcome);
    assertThat(outcome.violation()).as(what).isNull();
    assertThat(outcome.states()).isGreaterThan(minimumOfStates);
  }

  // --- commit too early

  /** Pushes by two sequences, of which the first already commits the count. */
  private static final Program PUSH_COUNT_FIRST =
      Program.of(
          "push_count_first",
          Sequence.define(
              "push_count",
              s -> {
                s.parameter("value");
                Value count = s.load64("count", COUNT);
                s.exitIf(count, Condition.AT_LEAST, CAPACITY, Exit.of("full", 1));
                s.commit64(COUNT, s.add("next", count, 1), DONE);
              }),
          Sequence.define(
              "push_item",
              s -> {
                Value value = s.parameter("value");
                Value count = s.load64("count", COUNT);
                s.exitIf(count, Condition.EQUAL, 0, Exit.of("gone", 2));
                s.commit64(ITEMS.longAt(s.subtract("last", count, 1)), value, DONE);
              }));

  private static Outcome popsWhatWasPushed(Program push) {
    return new ModelChecker(SLICE_BYTES)
        .thread("a", on -> on.run(push, 7))
        .thread(
            "b",
            on -> {
              on.run(push, 8);
              on.run(POP);
            })
        .atEnd(
            end -> {
              assertThat(end.results("b").get(1)).as("popped").isIn(7L, 8L, (long) EMPTY);
              long left = end.sum(COUNT.displacement());
              assertThat(left).as("left").isEqualTo(end.results("b").get(1) == EMPTY ? 2 : 1);
              for (ModelChecker.Slice slice : end.slices()) {
                for (int i = 0; i < slice.get(COUNT.displacement()); i++) {
                  assertThat(slice.get(ITEMS.displacement() + i * 8L)).as("item").isIn(7L, 8L);
                }
              }
            })
        .aborts(1)
        .check();
  }

  @Test
  void commitTooEarly() {
    assertFound(
        "commit too early", popsWhatWasPushed(PUSH_COUNT_FIRST), "[popped]", "push_count, step");
    assertCorrect("commit last", popsWhatWasPushed(Program.of(PUSH)), 500);
  }

  // --- index read outside

  private static Outcome countsThreeTimes(Script add) {
    return new ModelChecker(Long.BYTES)
        .thread("a", add)
        .thread("b", add)
        .thread("c", add)
        .aborts(1)
        .atEnd(end -> assertThat(end.sum(COUNT.displacement())).as("sum").isEqualTo(3))
        .check();
  }

  @Test
  void indexReadOutside() {
    Sequence read =
        Sequence.define(
            "read",
            s -> {
              Value count = s.load64("count", COUNT);
              s.commitAdd64(COUNT, 0, Exit.of("count", count));
            });
    Sequence write = Sequence.define("write", s -> s.commit64(COUNT, s.parameter("count"), DONE));
    Sequence add =
        Sequence.define(
            "add",
            s -> {
              Value count = s.load64("count", COUNT);
              s.commit64(COUNT, s.add("next", count, 1), DONE);
            });
    assertFound(
        "index read outside",
        countsThreeTimes(on -> on.run(write, on.run(read) + 1)),
        "[sum]",
        "write, step 0");
    assertCorrect("index read inside", countsThreeTimes(on -> on.run(add)), 100);
  }

  // --- missing compare

  @Test
  void missingCompare() {
    Sequence pop =
        Sequence.define(
            "pop_without_compare",
            s -> {
              Value last = s.subtract("last", s.load64("count", COUNT), 1);
              Value item = s.load64("item", ITEMS.longAt(last));
              s.commit64(COUNT, last, Exit.of("popped", item));
            });
    Sequence push =
        Sequence.define(
            "push_without_compare",
            s -> {
              Value value = s.parameter("value");
              Value count = s.load64("count", COUNT);
              s.store64(ITEMS.longAt(count), value);
              s.commit64(COUNT, s.add("next", count, 1), Exit.of("pushed", PUSHED));
            });
    assertFound(
        "pop without compare", stack(PUSH, pop), "pop_without_compare[] on []", "load64 [items");
    assertFound(
        "push without compare", stack(push, POP), "which is none of", "push_without_compare");
    assertCorrect("push and pop with compare", stack(PUSH, POP), 1_000);
  }

  private static Outcome stack(Sequence push, Sequence pop) {
    return new ModelChecker(SLICE_BYTES)
        .thread("a", Call.of(push, 7), Call.of(push, 8))
        .thread("b", Call.of(push, 9), Call.of(pop))
        .aborts(1)
        .check(new ModelStack());
  }

  // --- visible store before the commit

  @Test
  void visibleStoreBeforeTheCommit() {
    Sequence push =
        Sequence.define(
            "push_count_stored",
            s -> {
              Value value = s.parameter("value");
              Value count = s.load64("count", COUNT);
              s.exitIf(count, Condition.AT_LEAST, CAPACITY, Exit.of("full", 1));
              s.store64(COUNT, s.add("next", count, 1));
              s.commit64(ITEMS.longAt(count), value, Exit.of("pushed", PUSHED));
            });
    assertFound(
        "visible store before the commit",
        stack(push, POP),
        "changed what the slice means, from [] to [0]",
        "push_count_stored, step 3");
  }

  @Test
  void visibleStoreBeforeTheCommitIsSeenByReadersToo() {
    Sequence sendEarly =
        Sequence.define(
            "send_count_first",
            s -> {
              Value data = s.parameter("data");
              s.store64(SENT, s.add("next", s.load64("sent", SENT), 1));
              s.commitRelease64(DATA, data, DONE);
            });
    assertFound(
        "store that readers look at", receives(sendEarly, true), "[data]", "store64 [sent]");
    assertCorrect("commit that readers look at", receives(send(true), true), 20);
  }

  // --- readers and memory order

  private static Sequence send(boolean release) {
    return Sequence.define(
        release ? "send" : "send_plain",
        s -> {
          Value data = s.parameter("data");
          Value next = s.add("next", s.load64("sent", SENT), 1);
          s.store64(DATA, data);
          if (release) {
            s.commitRelease64(SENT, next, DONE);
          } else {
            s.commit64(SENT, next, DONE);
          }
        });
  }

  private static Outcome receives(Sequence send, boolean acquire) {
    return new ModelChecker(MESSAGE_BYTES)
        .thread("sender", Call.of(send, 7))
        .thread(
            "reader",
            on -> {
              for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
                long sent =
                    acquire
                        ? on.getAcquire(cpu, SENT.displacement())
                        : on.get(cpu, SENT.displacement());
                if (sent == 1) {
                  assertThat(on.get(cpu, DATA.displacement())).as("data").isEqualTo(7);
                }
              }
            })
        .aborts(2)
        .check();
  }

  @Test
  void readerWithoutAcquire() {
    assertFound("reader without acquire", receives(send(true), false), "[data]", "get [8]");
    assertCorrect("reader with acquire", receives(send(true), true), 20);
  }

  @Test
  void commitWithoutRelease() {
    assertFound("commit without release", receives(send(false), true), "[data]", "commit64 [sent]");
  }

  // --- stop flag and fence

  /** Adds to the total unless the flag is set. */
  private static Sequence addUnlessStopped(boolean test, boolean acquire) {
    return Sequence.define(
        "add_unless_stopped",
        s -> {
          if (test) {
            Value stop = acquire ? s.loadAcquire64("stop", STOP) : s.load64("stop", STOP);
            s.exitIf(stop, Condition.NOT_EQUAL, 0, Exit.of("stopped", STOPPED));
          }
          Value total = s.load64("total", TOTAL);
          s.commit64(TOTAL, s.add("next", total, 1), DONE);
        });
  }

  /** Takes the total of CPU 0 away while a controller keeps sequences out of its slice. */
  private static Outcome takesTotals(Sequence add, boolean fence, boolean release) {
    return new ModelChecker(TOTAL_BYTES)
        .thread("a", on -> on.run(add))
        .thread("b", on -> on.run(add))
        .thread(
            "controller",
            on -> {
              on.set(0, STOP.displacement(), 1);
              if (fence) {
                on.fence(0);
              }
              long total = on.get(0, TOTAL.displacement());
              on.set(0, TOTAL.displacement(), 0);
              on.set(0, TAKEN.displacement(), total);
              if (release) {
                on.setRelease(0, STOP.displacement(), 0);
              } else {
                on.set(0, STOP.displacement(), 0);
              }
            })
        .aborts(1)
        .atEnd(
            end -> {
              long added =
                  end.results().values().stream()
                      .filter(results -> results.equals(List.of(0L)))
                      .count();
              long total = end.sum(TOTAL.displacement()) + end.sum(TAKEN.displacement());
              assertThat(total).as("total").isEqualTo(added);
            })
        .check();
  }

  @Test
  void stopFlagAndFence() {
    Sequence add = addUnlessStopped(true, true);
    assertCorrect("stop flag and fence", takesTotals(add, true, true), 1_000);
    assertFound(
        "worker without the stop flag",
        takesTotals(addUnlessStopped(false, false), true, true),
        "[total]",
        "add_unless_stopped, step 0: total");
    assertFound("controller without the fence", takesTotals(add, false, true), "[total]", "set");
    assertFound(
        "stop flag cleared without release", takesTotals(add, true, false), "[total]", "set");
    assertFound(
        "stop flag loaded without acquire",
        takesTotals(addUnlessStopped(true, false), true, true),
        "[total]",
        "stop = load64 [stop]");
  }
}
