package io.github.rseq4j.cli;

import io.github.rseq4j.Availability;
import io.github.rseq4j.cli.ByteCounter.ByteTally;
import io.github.rseq4j.cli.Demo.Measured;
import io.github.rseq4j.cli.Demo.Outcome;
import io.github.rseq4j.cli.Demo.Passed;
import io.github.rseq4j.cli.RecordFold.RecordTally;
import java.util.Locale;

/** Compares what the contenders of a {@link Demo} have come to, in words. */
final class DemoReport {
  /** With fewer operations, what happens once costs more than they do. */
  private static final long FEWEST_TO_TIME = 100_000;

  private final Outcome outcome;
  private final StringBuilder text = new StringBuilder();
  private boolean exact = true;

  private DemoReport(Outcome outcome) {
    this.outcome = outcome;
  }

  /** Makes the report. */
  static DemoReport of(Availability availability, Workers workers, Outcome outcome) {
    DemoReport report = new DemoReport(outcome);
    report.line("active  " + activeLine(availability));
    report.line("");
    report.results();
    report.line("");
    report.times(workers);
    report.line("");
    report.line("restarts seen: %,d".formatted(outcome.restarts()));
    report.line(report.exact ? "every figure is exact" : "NOT EXACT: see the differences");
    return report;
  }

  /** Returns whether every figure was exactly equal. */
  boolean exact() {
    return exact;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private static String activeLine(Availability availability) {
    return availability.active()
        ? "%s machine code, threads registered by %s, indexed by %s, Linux %s, %s"
            .formatted(
                availability.backend(),
                availability.registeredBy().name().toLowerCase(Locale.ROOT),
                availability.index().map(Object::toString).orElse("none"),
                availability.kernel(),
                availability.libc())
        : "no, on the fallback: " + availability.reason();
  }

  private void results() {
    ByteTally bytes = outcome.perCpuBytes().tally();
    ByteTally plainBytes = outcome.plainBytes().tally();
    Passed passed = outcome.ringRecords().tally();
    RecordTally records = passed.records();
    RecordTally plainRecords = outcome.plainRecords();
    line("%-28s %20s %20s".formatted("results", "rseq4j", "plain Java"));
    compare("bytes", bytes.bytes(), plainBytes.bytes());
    compare("byte values, counts equal", equalCounts(bytes, plainBytes), ByteCounter.VALUES);
    compare("lines", bytes.lines(), plainBytes.lines());
    compare("records", records.records(), plainRecords.records());
    compare("bytes in records", records.bytes(), plainRecords.bytes());
    compareHex("checksum of records", records.checksum(), plainRecords.checksum());
    line("%-28s %20s %20s".formatted("", "lost()", "writers' count"));
    compare("ring full, written again", passed.discarded(), passed.refusals());
    rival("LongAdder[256]", outcome.stripedBytes().tally().equals(plainBytes));
    rival("AtomicLongArray", outcome.atomicBytes().tally().equals(plainBytes));
    rival("ArrayBlockingQueue", outcome.queueRecords().tally().records().equals(plainRecords));
  }

  private void rival(String name, boolean equal) {
    exact &= equal;
    line("%-70s  %s".formatted("the same from " + name, equal ? "exact" : "DIFFERENT"));
  }

  private static long equalCounts(ByteTally tally, ByteTally expected) {
    long equal = 0;
    for (int value = 0; value < ByteCounter.VALUES; value++) {
      if (tally.values().get(value).equals(expected.values().get(value))) {
        equal++;
      }
    }
    return equal;
  }

  private void compare(String what, long is, long expected) {
    exact &= is == expected;
    String judgement = is == expected ? "exact" : "DIFFERENT by %+,d".formatted(is - expected);
    line("%-28s %,20d %,20d  %s".formatted(what, is, expected, judgement));
  }

  private void compareHex(String what, long is, long expected) {
    exact &= is == expected;
    String judgement = is == expected ? "exact" : "DIFFERENT";
    line("%-28s %20x %20x  %s".formatted(what, is, expected, judgement));
  }

  private void times(Workers workers) {
    var bytes = outcome.perCpuBytes();
    var records = outcome.ringRecords();
    row(
        "%s on %d CPUs".formatted(workers, Runtime.getRuntime().availableProcessors()),
        "ns per operation",
        "rseq4j takes");
    line("count a byte, or a line: %,d operations".formatted(bytes.operations()));
    row("  rseq4j: PerCpuCounters, PerCpuLongAdder", each(bytes), "");
    rival("  JDK: LongAdder[256], LongAdder", outcome.stripedBytes(), bytes);
    rival("  JDK: AtomicLongArray, AtomicLong", outcome.atomicBytes(), bytes);
    rival("  plain long[256], one thread", outcome.plainBytes(), bytes);
    line(
        "write a record: %,d operations, %,d bytes on average"
            .formatted(
                records.operations(),
                records.tally().records().bytes() / Math.max(1, records.operations())));
    row("  rseq4j: PerCpuRingBuffer", each(records), "");
    rival("  JDK: ArrayBlockingQueue, byte[]", outcome.queueRecords(), records);
    line("");
    line(
        "An operation's time is that of the threads in the loop around it, added up and divided by");
    line("the operations. Reading files, cutting them into records and waiting for room in a full");
    line("ring or queue are left out; waiting for a CPU, with more threads than CPUs, is not.");
  }

  private void rival(String name, Measured<?> it, Measured<?> ours) {
    boolean enough = it.operations() >= FEWEST_TO_TIME;
    row(name, each(it), enough ? "%.2f of it".formatted(ours.nanosEach() / it.nanosEach()) : "");
  }

  private static String each(Measured<?> it) {
    return it.operations() >= FEWEST_TO_TIME ? "%.1f".formatted(it.nanosEach()) : "too few";
  }

  private void row(String name, String each, String ratio) {
    line("%-48s %20s %20s".formatted(name, each, ratio));
  }

  private void line(String line) {
    text.append(line.stripTrailing()).append(System.lineSeparator());
  }
}
