package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.HistogramLayout.CLAMPED;
import static io.github.rseq4j.percpu.HistogramLayout.COMPLEMENT;
import static io.github.rseq4j.percpu.HistogramLayout.COUNTS;
import static io.github.rseq4j.percpu.HistogramLayout.HIGHEST;
import static io.github.rseq4j.percpu.HistogramLayout.LOWEST;
import static io.github.rseq4j.percpu.HistogramLayout.RANK;
import static io.github.rseq4j.percpu.HistogramLayout.SUM;

import io.github.rseq4j.internal.rseq.RegionLinker;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Operation;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.SequenceBuilder;
import io.github.rseq4j.sequence.Value;
import java.lang.invoke.MethodHandle;

/**
 * The sequences by which a value is recorded in a {@link PerCpuHistogram}. All take the value and
 * the number of its bucket, and return {@link #DONE}.
 */
final class HistogramSequences {
  static final int DONE = 0;

  /** Counts a value as one that was clamped. */
  static final Sequence CLAMP =
      Sequence.define(
          "histogram_clamp",
          s -> {
            s.parameter("value");
            s.parameter("bucket");
            s.commitAdd64(CLAMPED, 1, Exit.of("clamped", DONE));
          });

  /** Makes the extremes cover a value, and adds it to the sum. */
  static final Sequence COVER =
      Sequence.define(
          "histogram_cover",
          s -> {
            var value = s.parameter("value");
            s.parameter("bucket");
            var rank = s.compute("rank", Operation.XOR, value, RANK);
            raise(s, HIGHEST, rank);
            var complement = s.compute("complement", Operation.XOR, rank, COMPLEMENT);
            raise(s, LOWEST, complement);
            s.commitAdd64(SUM, value, Exit.of("covered", DONE));
          });

  /** Counts a value in its bucket; no earlier access moves after it. */
  static final Sequence COUNT =
      Sequence.define(
          "histogram_count",
          s -> {
            s.parameter("value");
            Address count = COUNTS.longAt(s.parameter("bucket"));
            var next = s.add("next", s.load64("last", count), 1);
            s.commitRelease64(count, next, Exit.of("counted", DONE));
          });

  static final Program RECORD = Program.of("histogram_record", COVER, COUNT);
  static final Program RECORD_CLAMPED = Program.of("histogram_record_clamped", CLAMP, COVER, COUNT);

  static final MethodHandle RECORD_HANDLE = RegionLinker.link(RECORD);
  static final MethodHandle RECORD_CLAMPED_HANDLE = RegionLinker.link(RECORD_CLAMPED);

  private HistogramSequences() {}

  /** Stores {@code number} where a smaller one is. */
  private static void raise(SequenceBuilder s, Address to, Value number) {
    var kept = s.label(to.name() + "_kept");
    s.skipIf(number, Condition.AT_MOST, s.load64("old_" + to.name(), to), kept);
    s.store64(to, number);
    s.land(kept);
  }
}
