package io.github.rseq4j.cli;

import io.github.rseq4j.Availability;
import io.github.rseq4j.cli.ByteCounter.ByteTally;
import io.github.rseq4j.cli.Demo.Measured;
import io.github.rseq4j.cli.Demo.Outcome;
import io.github.rseq4j.cli.RecordFold.RecordTally;
import java.util.Locale;

/** Compares what the contenders of a {@link Demo} have come to, in words. */
final class DemoReport {
  /** With fewer operations, what happens once costs more than they do. */
  private static final long FEWEST_TO_TIME = 100_000;

  private final StringBuilder text = new StringBuilder();
  private boolean exact = true;

  private DemoReport() {}

  /** Makes the report. */
  static DemoReport of(Availability availability, Workers workers, Outcome outcome) {
    DemoReport report = new DemoReport();
    report.line("active  %s", activeLine(availability));
    report.line("");
    report.results(outcome);
    report.rivals(outcome);
    report.line("");
    report.times(workers, outcome);
    report.line("");
    report.line(
        "restarts seen: %,d sequences were aborted by the kernel and run again",
        outcome.restarts());
    report.line(
        report.exact
            ? "verdict: every figure is exact"
            : "verdict: NOT EXACT, see the differences");
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

  /** Returns what is active, in one line. */
  static String activeLine(Availability availability) {
    return availability.active()
        ? "%s machine code, threads registered by %s, indexed by %s, Linux %s, %s"
            .formatted(
                availability.backend(),
                availability.registeredBy().name().toLowerCase(Locale.ROOT),
                availability.index().map(Object::toString).orElse("?"),
                availability.kernel(),
                availability.libc())
        : "no: on the fallback, because " + availability.reason();
  }

  private void results(Outcome outcome) {
    ByteTally bytes = outcome.perCpuBytes().tally();
    ByteTally plainBytes = outcome.plainBytes().tally();
    RecordTally records = outcome.ringRecords().tally().records();
    RecordTally plainRecords = outcome.plainRecords();
    line("%-28s %22s %22s", "results", "rseq4j", "plain Java, 1 thread");
    compare("bytes", bytes.bytes(), plainBytes.bytes());
    compare("byte values with that count", equalValues(bytes, plainBytes), ByteCounter.VALUES);
    compare("lines", bytes.lines(), plainBytes.lines());
    compare("records", records.records(), plainRecords.records());
    compare("bytes in them", records.bytes(), plainRecords.bytes());
    compareHex("checksum over them", records.checksum(), plainRecords.checksum());
    Demo.Passed passed = outcome.ringRecords().tally();
    compare("discarded, written again", passed.discarded(), passed.refusals());
  }

  private void rivals(Outcome outcome) {
    ByteTally bytes = outcome.plainBytes().tally();
    RecordTally records = outcome.plainRecords();
    rival("LongAdder[256]", outcome.stripedBytes().tally().equals(bytes));
    rival("AtomicLongArray", outcome.atomicBytes().tally().equals(bytes));
    rival("ArrayBlockingQueue", outcome.queueRecords().tally().records().equals(records));
  }

  private void rival(String name, boolean equal) {
    exact &= equal;
    line("%-28s %45s  %s", "the same with", name, judge(equal));
  }

  private static long equalValues(ByteTally tally, ByteTally expected) {
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
    String judgement = is == expected ? judge(true) : "DIFFERENT by %+,d".formatted(is - expected);
    line("%-28s %,22d %,22d  %s", what, is, expected, judgement);
  }

  private void compareHex(String what, long is, long expected) {
    exact &= is == expected;
    line("%-28s %22x %22x  %s", what, is, expected, judge(is == expected));
  }

  private static String judge(boolean equal) {
    return equal ? "exact" : "DIFFERENT";
  }

  private void times(Workers workers, Outcome outcome) {
    var perCpu = outcome.perCpuBytes();
    var ring = outcome.ringRecords();
    line(
        "%s on %d CPUs%35s %12s",
        workers, Runtime.getRuntime().availableProcessors(), "ns per operation", "rseq4j / it");
    line("count a byte, or a line: %,d operations", perCpu.operations());
    time("PerCpuCounters, PerCpuLongAdder", perCpu, perCpu);
    time("LongAdder[256], LongAdder", outcome.stripedBytes(), perCpu);
    time("AtomicLongArray, AtomicLong", outcome.atomicBytes(), perCpu);
    time("long[256], long: one thread, nothing shared", outcome.plainBytes(), perCpu);
    line(
        "write a record: %,d operations, %,.0f bytes each on average",
        ring.operations(),
        (double) ring.tally().records().bytes() / Math.max(1, ring.operations()));
    time("PerCpuRingBuffer", ring, ring);
    time("ArrayBlockingQueue of byte arrays", outcome.queueRecords(), ring);
    line("");
    line("A thread's time in the loop of these operations: added up over the threads, divided by");
    line(
        "the operations. Left out: reading files, cutting them into records, and waiting for room");
    line("or for the reader. Left in: waiting for a CPU, when there are fewer than threads.");
  }

  private void time(String name, Measured<?> it, Measured<?> ours) {
    boolean enough = it.operations() >= FEWEST_TO_TIME;
    String each = enough ? "%.1f".formatted(it.nanosEach()) : "too few to time";
    String ratio = it == ours || !enough ? "" : "%.2f".formatted(ours.nanosEach() / it.nanosEach());
    line("  %-46s %16s %12s", name, each, ratio);
  }

  private void line(String format, Object... arguments) {
    text.append(format.formatted(arguments).stripTrailing()).append(System.lineSeparator());
  }
}
