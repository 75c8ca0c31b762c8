package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.cli.ByteCounter.ByteTally;
import io.github.rseq4j.cli.Contender.Lap;
import io.github.rseq4j.cli.Demo.Entry;
import io.github.rseq4j.cli.Demo.Outcome;
import io.github.rseq4j.cli.Demo.Plain;
import io.github.rseq4j.cli.LengthCounter.LengthTally;
import io.github.rseq4j.cli.RecordFold.RecordTally;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Reports of outcomes that are made up. */
class DemoReportTest {
  private static final ByteTally BYTES = ByteTally.of(LongStream.range(0, ByteCounter.VALUES), 10);
  private static final ByteTally ONE_LESS =
      ByteTally.of(LongStream.range(0, ByteCounter.VALUES).map(n -> n == 77 ? n - 1 : n), 10);
  private static final RecordTally RECORDS = new RecordTally(20, 32_640, 0xbeef);

  private static final LengthTally LENGTHS =
      LengthTally.of(LongStream.range(0, LengthCounter.LENGTHS), 32_640, 1, 256);

  @Test
  void equalFiguresAreExact() {
    DemoReport report = report(outcome());

    assertThat(report.exact()).isTrue();
    assertThat(report.toString()).contains("every figure is exact").doesNotContain("DIFFERENT");
  }

  @ParameterizedTest
  @EnumSource(
      value = Entry.class,
      mode = Mode.INCLUDE,
      names = {"PER_CPU", "PLAIN", "STRIPED", "ATOMIC"})
  void oneByteLessIsDifferent(Entry entry) {
    Outcome outcome = outcome();
    outcome.bytes().put(entry, ONE_LESS);

    assertDifferent(outcome);
  }

  @ParameterizedTest
  @EnumSource(
      value = Entry.class,
      mode = Mode.INCLUDE,
      names = {"HISTOGRAM", "ACCUMULATORS"})
  void anotherLengthIsDifferent(Entry entry) {
    Outcome outcome = outcome();
    outcome.lengths().put(entry, new LengthTally(LENGTHS.counts(), 32_640, 1, 255));

    assertDifferent(outcome);
  }

  @Test
  void theDifferenceIsSaid() {
    Outcome outcome = outcome();
    outcome.bytes().put(Entry.PER_CPU, ONE_LESS);

    assertThat(report(outcome).toString())
        .containsPattern("bytes +32,639 +32,640  DIFFERENT by -1")
        .containsPattern("byte values counted alike +255 +256  DIFFERENT by -1");
  }

  @ParameterizedTest
  @EnumSource(
      value = Entry.class,
      mode = Mode.INCLUDE,
      names = {"RING", "PER_CPU_QUEUE", "QUEUE"})
  void anotherChecksumIsDifferent(Entry entry) {
    Outcome outcome = outcome();
    RecordTally other = new RecordTally(RECORDS.records(), RECORDS.bytes(), 0xbeee);
    outcome.passed().put(entry, new Passing.Result(other, 3, 3));

    assertDifferent(outcome);
  }

  @Test
  void aDiscardedRecordThatNobodySawIsDifferent() {
    Outcome outcome = outcome();
    outcome.passed().put(Entry.RING, new Passing.Result(RECORDS, 3, 4));

    assertDifferent(outcome);
  }

  @Test
  void timesAreMediansAndRatiosThoseOfPairs() {
    Outcome outcome = outcome();
    long times = 100_000;
    outcome
        .laps()
        .put(
            Entry.PER_CPU,
            List.of(
                new Lap(times, 2 * times), new Lap(times, 4 * times), new Lap(times, 60 * times)));
    outcome
        .laps()
        .put(
            Entry.STRIPED,
            List.of(
                new Lap(times, 8 * times), new Lap(times, 8 * times), new Lap(times, 80 * times)));

    assertThat(report(outcome).toString())
        .containsPattern("PerCpuCounters, PerCpuLongAdder +4\\.0\\R")
        .containsPattern("LongAdder\\[256\\], LongAdder +8\\.0 +0\\.50 of it\\R");
  }

  private static void assertDifferent(Outcome outcome) {
    DemoReport report = report(outcome);

    assertThat(report.exact()).isFalse();
    assertThat(report.toString()).contains("DIFFERENT", "NOT EXACT");
  }

  private static DemoReport report(Outcome outcome) {
    return DemoReport.of(Rseq.availability(), new Workers(4, false), outcome);
  }

  private static Outcome outcome() {
    Map<Entry, ByteTally> bytes = new EnumMap<>(Entry.class);
    for (Entry entry : List.of(Entry.PER_CPU, Entry.PLAIN, Entry.STRIPED, Entry.ATOMIC)) {
      bytes.put(entry, BYTES);
    }
    Map<Entry, LengthTally> lengths = new EnumMap<>(Entry.class);
    lengths.put(Entry.HISTOGRAM, LENGTHS);
    lengths.put(Entry.ACCUMULATORS, LENGTHS);
    Map<Entry, Passing.Result> passed = new EnumMap<>(Entry.class);
    passed.put(Entry.RING, new Passing.Result(RECORDS, 3, 3));
    passed.put(Entry.PER_CPU_QUEUE, new Passing.Result(RECORDS, 4, 0));
    passed.put(Entry.QUEUE, new Passing.Result(RECORDS, 5, 0));
    Map<Entry, List<Lap>> laps = new EnumMap<>(Entry.class);
    for (Entry entry : Entry.values()) {
      laps.put(entry, List.of(new Lap(0, 0), new Lap(1000, 5000)));
    }
    return new Outcome(bytes, lengths, passed, new Plain(RECORDS, LENGTHS), laps, 0);
  }
}
