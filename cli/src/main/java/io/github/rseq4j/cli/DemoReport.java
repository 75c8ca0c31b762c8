package io.github.rseq4j.cli;

import io.github.rseq4j.Availability;
import io.github.rseq4j.cli.ByteCounter.ByteTally;
import io.github.rseq4j.cli.Contender.Lap;
import io.github.rseq4j.cli.Demo.Entry;
import io.github.rseq4j.cli.Demo.Outcome;
import io.github.rseq4j.cli.LengthCounter.LengthTally;
import io.github.rseq4j.cli.RecordFold.RecordTally;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Compares what the contenders of a {@link Demo} have come to, in words. */
final class DemoReport {
  /** With fewer operations, what happens once costs more than they do. */
  private static final long FEWEST_TO_TIME = 100_000;

  /** Below this, two digits after the point are too few. */
  private static final double SMALL_RATIO = 0.1;

  private final Outcome outcome;
  private final StringBuilder text = new StringBuilder();
  private boolean exact = true;

  private DemoReport(Outcome outcome) {
    this.outcome = outcome;
  }

  /** Makes the report. */
  static DemoReport of(Availability availability, Workers workers, Outcome outcome) {
    DemoReport report = new DemoReport(outcome);
    report.line("active: " + activeLine(availability));
    report.line("");
    report.results();
    report.line("");
    report.times(workers);
    report.line("");
    report.line("restarts seen: " + Figures.grouped(outcome.restarts()));
    report.line(report.exact ? "every figure is exact" : "NOT EXACT: see the differences");
    return report;
  }

  /** Returns whether every figure was exactly equal. */
  boolean exact() {
    return exact;
  }

  /** Returns the report, each line ended. */
  @Override
  public String toString() {
    return text.toString();
  }

  private static String activeLine(Availability availability) {
    return availability.active()
        ? "%s code, registered by %s, indexed by %s; Linux %s, %s"
            .formatted(
                availability.backend(),
                availability.registeredBy().name().toLowerCase(Locale.ROOT),
                availability.index().map(Object::toString).orElse("none"),
                availability.kernel(),
                availability.libc())
        : "no, on the fallback: " + availability.reason();
  }

  private void results() {
    ByteTally bytes = tally(Entry.PER_CPU);
    ByteTally plainBytes = tally(Entry.PLAIN);
    Passing.Result ring = passed(Entry.RING);
    RecordTally records = ring.received();
    RecordTally plainRecords = outcome.plain().records();
    LengthTally lengths = lengths(Entry.HISTOGRAM);
    LengthTally plainLengths = outcome.plain().lengths();
    columns("results", "rseq4j", "plain Java", "");
    compare("bytes", bytes.bytes(), plainBytes.bytes());
    compare(
        "byte values counted alike",
        equalCounts(bytes.counts(), plainBytes.counts()),
        ByteCounter.VALUES);
    compare("lines", bytes.lines(), plainBytes.lines());
    compare("records", records.records(), plainRecords.records());
    compare("bytes in records", records.bytes(), plainRecords.bytes());
    compareHex("checksum of records", records.checksum(), plainRecords.checksum());
    compare(
        "lengths of lines counted alike",
        equalCounts(lengths.counts(), plainLengths.counts()),
        LengthCounter.LENGTHS);
    compare("sum of lengths", lengths.sum(), plainLengths.sum());
    compare("shortest line", lengths.shortest(), plainLengths.shortest());
    compare("longest line, of 256 at most", lengths.longest(), plainLengths.longest());
    columns("", "the ring counted", "its writers saw", "");
    compare("times a ring was full", ring.discarded(), ring.refusals());
    same(Entry.PER_CPU_QUEUE, passed(Entry.PER_CPU_QUEUE).received().equals(plainRecords));
    same(Entry.STRIPED, tally(Entry.STRIPED).equals(plainBytes));
    same(Entry.ATOMIC, tally(Entry.ATOMIC).equals(plainBytes));
    same(Entry.ACCUMULATORS, lengths(Entry.ACCUMULATORS).equals(plainLengths));
    same(Entry.QUEUE, passed(Entry.QUEUE).received().equals(plainRecords));
  }

  private ByteTally tally(Entry entry) {
    return Objects.requireNonNull(outcome.bytes().get(entry));
  }

  private LengthTally lengths(Entry entry) {
    return Objects.requireNonNull(outcome.lengths().get(entry));
  }

  private Passing.Result passed(Entry entry) {
    return Objects.requireNonNull(outcome.passed().get(entry));
  }

  private List<Lap> laps(Entry entry) {
    return Objects.requireNonNull(outcome.laps().get(entry));
  }

  private static long equalCounts(List<Long> counts, List<Long> expected) {
    return IntStream.range(0, expected.size())
        .filter(i -> counts.get(i).equals(expected.get(i)))
        .count();
  }

  private void compare(String what, long is, long expected) {
    exact &= is == expected;
    columns(
        what,
        Figures.grouped(is),
        Figures.grouped(expected),
        is == expected ? "exact" : "DIFFERENT by " + Figures.grouped(is - expected));
  }

  private void compareHex(String what, long is, long expected) {
    exact &= is == expected;
    columns(
        what,
        Long.toHexString(is),
        Long.toHexString(expected),
        is == expected ? "exact" : "DIFFERENT");
  }

  private void same(Entry entry, boolean equal) {
    exact &= equal;
    line("%-86s  %s".formatted("the same with " + entry, equal ? "exact" : "DIFFERENT"));
  }

  private void times(Workers workers) {
    long bytes = Lap.sum(laps(Entry.PER_CPU)).operations();
    long records = Lap.sum(laps(Entry.RING)).operations();
    int cpus = Runtime.getRuntime().availableProcessors();
    columns(
        "%s on %d CPU%s".formatted(workers, cpus, cpus == 1 ? "" : "s"),
        "ns per operation",
        "rseq4j takes",
        "");
    line("count a byte (and a line): %s times".formatted(Figures.grouped(bytes)));
    time(Entry.PER_CPU, Entry.PER_CPU);
    time(Entry.STRIPED, Entry.PER_CPU);
    time(Entry.ATOMIC, Entry.PER_CPU);
    time(Entry.PLAIN, Entry.PER_CPU);
    line("record the length of a line: %s times".formatted(Figures.grouped(records)));
    time(Entry.HISTOGRAM, Entry.HISTOGRAM);
    time(Entry.ACCUMULATORS, Entry.HISTOGRAM);
    line(
        "write a record: %s times, %d bytes on average"
            .formatted(Figures.grouped(records), bytes / Math.max(1, records)));
    time(Entry.RING, Entry.RING);
    time(Entry.QUEUE, Entry.RING);
    line("offer it as an object");
    time(Entry.PER_CPU_QUEUE, Entry.PER_CPU_QUEUE);
    time(Entry.QUEUE, Entry.PER_CPU_QUEUE);
    line("");
    line(
        "Each is the median of %d parts, in which all take turns. The time of an operation is"
            .formatted(Demo.LAPS));
    line("that of all threads in the loop around it, divided by the operations. Left out: reading");
    line("files, cutting them into records, waiting for room in a ring or queue. Left in: waiting");
    line("for a CPU, where there are more threads than CPUs.");
  }

  private void time(Entry it, Entry ours) {
    List<Lap> laps = laps(it);
    boolean enough = Lap.sum(laps).operations() >= FEWEST_TO_TIME;
    columns(
        "  " + it,
        enough ? Figures.rounded(median(laps.stream().mapToDouble(Lap::nanosEach)), 1) : "too few",
        enough && it != ours ? ratio(medianRatio(laps(ours), laps)) : "",
        "");
  }

  private static String ratio(double ratio) {
    return Figures.rounded(ratio, ratio < SMALL_RATIO ? 3 : 2) + " of it";
  }

  private static double medianRatio(List<Lap> ours, List<Lap> theirs) {
    return median(
        IntStream.range(0, ours.size())
            .mapToDouble(i -> ours.get(i).nanosEach() / theirs.get(i).nanosEach()));
  }

  private static double median(DoubleStream numbers) {
    double[] sorted = numbers.filter(Double::isFinite).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private void columns(String first, String second, String third, String fourth) {
    line("%-44s %20s %20s  %s".formatted(first, second, third, fourth));
  }

  private void line(String line) {
    text.append(line.stripTrailing()).append(System.lineSeparator());
  }
}
