package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.ModelOutcomes.assertCorrect;
import static io.github.rseq4j.percpu.ModelOutcomes.assertFound;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.ModelChecker;
import io.github.rseq4j.sequence.ModelChecker.Actions;
import io.github.rseq4j.sequence.ModelChecker.Answer;
import io.github.rseq4j.sequence.ModelChecker.Call;
import io.github.rseq4j.sequence.ModelChecker.Outcome;
import io.github.rseq4j.sequence.Sequence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Taking and giving back locks, on their CPUs and from elsewhere, in all interleavings. */
class LockModelTest {
  private static final long HOLDER = LockLayout.HOLDER.displacement();
  private static final long BARRED = LockLayout.BARRED.displacement();

  /** What the lock of a slice guards: a count of those who have held it. */
  private static final long GUARDED = BARRED + Long.BYTES;

  /** In the first slice: how often locks were taken from elsewhere. */
  private static final long TAKEN = GUARDED + Long.BYTES;

  private static final int SLICE_BYTES = (int) TAKEN + Long.BYTES;

  /** What is a result for a slice of the model, as {@link LockLayout#HELD} is for all others. */
  private static final long HELD = LockLayout.HELD;

  private record Lock(long holder, boolean barred, long guarded) {}

  private static final class Meaning implements ModelChecker.Meaning<Lock> {
    @Override
    public Lock of(ModelChecker.Slice slice) {
      return new Lock(slice.get(HOLDER), slice.get(BARRED) != 0, slice.get(GUARDED));
    }

    @Override
    public List<Answer<Lock>> answers(Lock before, Call call) {
      List<Answer<Lock>> answers = new ArrayList<>();
      // It may not have seen yet that the lock is free again.
      answers.add(new Answer<>(before, HELD));
      // It may not have seen yet that it is barred, but certainly sees who holds it.
      if (before.holder == 0) {
        Lock after = new Lock(call.value(0), before.barred, before.guarded);
        for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
          answers.add(new Answer<>(after, (long) cpu * SLICE_BYTES));
        }
      }
      return answers;
    }
  }

  /** What may be done wrong. */
  enum Mistake {
    NONE,
    NO_FENCE,
    BAR_NOT_LOOKED_AT,
    HOLDER_LOADED_BEFORE_BAR,
    HOLDER_LOADED_WITHOUT_ACQUIRE,
    UNLOCKED_WITHOUT_RELEASE,
    BAR_GONE_BEFORE_HOLDER
  }

  private static Sequence sequence(Mistake mistake) {
    return switch (mistake) {
      case BAR_NOT_LOOKED_AT, HOLDER_LOADED_BEFORE_BAR, HOLDER_LOADED_WITHOUT_ACQUIRE ->
          wrong(mistake);
      default -> LockLayout.LOCK;
    };
  }

  private static Sequence wrong(Mistake mistake) {
    Exit held = Exit.of("held", (int) HELD);
    return Sequence.define(
        mistake.name(),
        s -> {
          var taker = s.parameter("taker");
          List<Address> order =
              switch (mistake) {
                case BAR_NOT_LOOKED_AT -> List.of(LockLayout.HOLDER);
                case HOLDER_LOADED_BEFORE_BAR -> List.of(LockLayout.HOLDER, LockLayout.BARRED);
                default -> List.of(LockLayout.BARRED);
              };
          for (Address word : order) {
            s.exitIf(s.loadAcquire64("word", word), Condition.NOT_EQUAL, 0, held);
          }
          if (mistake == Mistake.HOLDER_LOADED_WITHOUT_ACQUIRE) {
            s.exitIf(s.load64("holder", LockLayout.HOLDER), Condition.NOT_EQUAL, 0, held);
          }
          s.commit64(LockLayout.HOLDER, taker, Exit.of("locked", s.sliceOffset("slice")));
        });
  }

  /** Takes the lock of a CPU, counts itself, and unlocks as a thread that has migrated does. */
  private static void lock(Actions on, long thread, Mistake mistake) {
    long result = on.run(sequence(mistake), thread);
    if (result != HELD) {
      int cpu = (int) (result / SLICE_BYTES);
      count(on, cpu);
      unlock(on, cpu, mistake);
    }
  }

  /** Takes a lock as {@link PerCpuLock#lock(int)} does; gives up where that waits for long. */
  private static void take(Actions on, int cpu, Mistake mistake) {
    on.setRelease(cpu, BARRED, 1);
    if (mistake != Mistake.NO_FENCE) {
      on.fence(cpu);
    }
    boolean free = on.getAcquire(cpu, HOLDER) == 0;
    if (!free) {
      free = on.getAcquire(cpu, HOLDER) == 0;
    }
    if (!free) {
      on.setRelease(cpu, BARRED, 0);
      return;
    }
    if (mistake == Mistake.BAR_GONE_BEFORE_HOLDER) {
      on.setRelease(cpu, BARRED, 0);
      on.setRelease(cpu, HOLDER, 9);
    } else {
      on.setRelease(cpu, HOLDER, 9);
      on.setRelease(cpu, BARRED, 0);
    }
    count(on, cpu);
    on.set(0, TAKEN, 1);
    unlock(on, cpu, mistake);
  }

  private static void count(Actions on, int cpu) {
    on.set(cpu, GUARDED, on.get(cpu, GUARDED) + 1);
  }

  private static void unlock(Actions on, int cpu, Mistake mistake) {
    if (mistake == Mistake.UNLOCKED_WITHOUT_RELEASE) {
      on.set(cpu, HOLDER, 0);
    } else {
      on.setRelease(cpu, HOLDER, 0);
    }
  }

  /** Two threads on the CPUs and one from elsewhere count themselves under a lock each. */
  private static ModelChecker threads(Mistake mistake) {
    return new ModelChecker(SLICE_BYTES)
        .thread("a", on -> lock(on, 1, mistake))
        .thread("b", on -> lock(on, 2, mistake))
        .thread("taker", on -> take(on, 0, mistake))
        .aborts(1)
        .atEnd(
            end -> {
              long locked =
                  end.results("a").stream().filter(result -> result != HELD).count()
                      + end.results("b").stream().filter(result -> result != HELD).count();
              assertThat(end.sum(GUARDED)).as("counted").isEqualTo(locked + end.sum(TAKEN));
              assertThat(end.sum(HOLDER) + end.sum(BARRED)).as("left behind").isZero();
            });
  }

  @Test
  void holdersExcludeEachOtherAndSeeWhatTheOthersDid() {
    Outcome outcome = threads(Mistake.NONE).check(new Meaning());
    assertCorrect("locks", outcome, 1_000);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void mistakesAreFound(Mistake mistake) {
    Outcome outcome = threads(mistake).check();
    assertFound("locks, " + mistake, outcome, "[counted]");
  }
}
