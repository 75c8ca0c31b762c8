package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.ModelOutcomes.assertCorrect;
import static io.github.rseq4j.percpu.ModelOutcomes.assertFound;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.ModelChecker;
import io.github.rseq4j.sequence.ModelChecker.Actions;
import io.github.rseq4j.sequence.ModelChecker.Answer;
import io.github.rseq4j.sequence.ModelChecker.Call;
import io.github.rseq4j.sequence.ModelChecker.Outcome;
import io.github.rseq4j.sequence.Operation;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The histogram's program and its reader's protocol, in all interleavings of a few values. */
class HistogramModelTest {
  private static final long SUM = HistogramLayout.SUM.displacement();
  private static final long CLAMPED = HistogramLayout.CLAMPED.displacement();
  private static final long HIGHEST = HistogramLayout.HIGHEST.displacement();
  private static final long LOWEST = HistogramLayout.LOWEST.displacement();

  /** Bucket 0 is for the value -2, bucket 1 for the value 5. */
  private static final long[] VALUES = {-2, 5};

  private static final int SLICE_BYTES = (int) HistogramLayout.sliceBytes(VALUES.length);

  /** COUNT without release. */
  private static final Sequence RELAXED_COUNT =
      Sequence.define(
          "relaxed_count",
          s -> {
            s.parameter("value");
            Address count = HistogramLayout.COUNTS.longAt(s.parameter("bucket"));
            s.commitAdd64(count, 1, Exit.of("counted", HistogramSequences.DONE));
          });

  /** COVER that stores the sum, as it does the extremes, before its commit. */
  private static final Sequence EARLY_SUM =
      Sequence.define(
          "early_sum",
          s -> {
            var value = s.parameter("value");
            s.parameter("bucket");
            var rank = s.compute("rank", Operation.XOR, value, HistogramLayout.RANK);
            s.store64(HistogramLayout.HIGHEST, rank);
            var old = s.load64("old", HistogramLayout.SUM);
            s.store64(HistogramLayout.SUM, s.add("sum", old, value));
            s.commitAdd64(HistogramLayout.CLAMPED, 0, Exit.of("covered", HistogramSequences.DONE));
          });

  /** What may be wrong. */
  enum Mistake {
    NONE,
    BUCKET_FIRST,
    WITHOUT_RELEASE,
    SUM_BEFORE_COMMIT,
    TOTALS_READ_FIRST,
    BUCKETS_WITHOUT_ACQUIRE
  }

  private static Program program(Mistake mistake) {
    return switch (mistake) {
      case BUCKET_FIRST ->
          Program.of("bucket_first", HistogramSequences.COUNT, HistogramSequences.COVER);
      case WITHOUT_RELEASE -> Program.of("relaxed", HistogramSequences.COVER, RELAXED_COUNT);
      case SUM_BEFORE_COMMIT -> Program.of("early", EARLY_SUM, HistogramSequences.COUNT);
      case NONE, TOTALS_READ_FIRST, BUCKETS_WITHOUT_ACQUIRE -> HistogramSequences.RECORD;
    };
  }

  /** What a slice means, but for the extremes: they may cover what is not recorded as yet. */
  private record Meant(long sum, long clamped, List<Long> counts) {}

  private static final class Meaning implements ModelChecker.Meaning<Meant> {
    @Override
    public Meant of(ModelChecker.Slice slice) {
      return new Meant(
          slice.get(SUM),
          slice.get(CLAMPED),
          List.of(slice.get(HistogramLayout.count(0)), slice.get(HistogramLayout.count(1))));
    }

    @Override
    public List<Answer<Meant>> answers(Meant before, Call call) {
      long zero = before.counts.get(0);
      long one = before.counts.get(1);
      Meant after =
          switch (call.sequence().name()) {
            case "histogram_clamp" -> new Meant(before.sum, before.clamped + 1, before.counts);
            case "histogram_cover" ->
                new Meant(before.sum + call.value(0), before.clamped, before.counts);
            default ->
                new Meant(
                    before.sum,
                    before.clamped,
                    call.value(1) == 0 ? List.of(zero + 1, one) : List.of(zero, one + 1));
          };
      return List.of(new Answer<>(after, HistogramSequences.DONE));
    }
  }

  /** Sum and maximum, as a reader finds them; the minimum is kept as the maximum is. */
  private record Totals(long sum, long max) {
    static Totals read(Actions on) {
      long sum = 0;
      long highest = 0;
      for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
        sum += on.getAcquire(cpu, SUM);
        highest = maxUnsigned(highest, on.getAcquire(cpu, HIGHEST));
      }
      return new Totals(sum, HistogramLayout.highest(highest));
    }
  }

  private static long maxUnsigned(long one, long other) {
    return Long.compareUnsigned(one, other) > 0 ? one : other;
  }

  private static long count(Actions on, int bucket, Mistake mistake) {
    long count = 0;
    for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
      long offset = HistogramLayout.count(bucket);
      count +=
          mistake == Mistake.BUCKETS_WITHOUT_ACQUIRE
              ? on.get(cpu, offset)
              : on.getAcquire(cpu, offset);
    }
    return count;
  }

  private static void record(Actions on, Mistake mistake, int bucket) {
    on.run(program(mistake), VALUES[bucket], bucket);
  }

  /** Two values 5 are recorded while a reader looks once. */
  private static Outcome covers(Mistake mistake) {
    return new ModelChecker(SLICE_BYTES)
        .thread("a", on -> record(on, mistake, 1))
        .thread("b", on -> record(on, mistake, 1))
        .thread(
            "reader",
            on -> {
              boolean early = mistake == Mistake.TOTALS_READ_FIRST;
              Totals before = early ? Totals.read(on) : new Totals(0, 0);
              long count = count(on, 1, mistake);
              Totals totals = early ? before : Totals.read(on);
              assertThat(totals.sum).as("sum").isBetween(5 * count, 10L);
              if (count > 0) {
                assertThat(totals.max).as("max").isEqualTo(5);
              }
            })
        .aborts(1)
        .atEnd(end -> assertThat(end.sum(SUM)).as("sum").isEqualTo(10))
        .check();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCountedIsCovered(Mistake mistake) {
    Outcome outcome = covers(mistake);
    String name = "histogram, " + mistake;
    if (mistake == Mistake.NONE) {
      assertCorrect(name, outcome, 1_000);
    } else {
      assertFound(name, outcome, "[sum]", mistake == Mistake.SUM_BEFORE_COMMIT ? "[sum]" : "[max]");
    }
  }

  @Test
  void everyValueIsRecordedOnce() {
    Outcome outcome =
        new ModelChecker(SLICE_BYTES)
            .thread("a", on -> record(on, Mistake.NONE, 0))
            .thread("b", on -> on.run(HistogramSequences.RECORD_CLAMPED, VALUES[1], 1))
            .aborts(1)
            .atEnd(
                end -> {
                  assertThat(end.sum(SUM)).isEqualTo(VALUES[0] + VALUES[1]);
                  assertThat(end.sum(CLAMPED)).isEqualTo(1);
                  assertThat(end.sum(HistogramLayout.count(0))).isEqualTo(1);
                  assertThat(end.sum(HistogramLayout.count(1))).isEqualTo(1);
                  assertThat(HistogramLayout.highest(extreme(end, HIGHEST))).isEqualTo(VALUES[1]);
                  assertThat(HistogramLayout.lowest(extreme(end, LOWEST))).isEqualTo(VALUES[0]);
                })
            .check(new Meaning());
    assertCorrect("histogram of two values", outcome, 1_000);
  }

  private static long extreme(ModelChecker.End end, long offset) {
    return end.slices().stream()
        .map(slice -> slice.get(offset))
        .reduce(0L, HistogramModelTest::maxUnsigned);
  }

  @Test
  void intervalsHaveEachValueOnce() {
    Outcome outcome =
        new ModelChecker(SLICE_BYTES)
            .thread("a", on -> record(on, Mistake.NONE, 1))
            .thread("b", on -> record(on, Mistake.NONE, 1))
            .thread(
                "reader",
                on -> {
                  long first = count(on, 1, Mistake.NONE);
                  long second = count(on, 1, Mistake.NONE);
                  assertThat(first).as("first").isBetween(0L, 2L);
                  assertThat(second).as("second").isBetween(first, 2L);
                })
            .aborts(1)
            .check();
    assertCorrect("histogram intervals", outcome, 1_000);
  }
}
