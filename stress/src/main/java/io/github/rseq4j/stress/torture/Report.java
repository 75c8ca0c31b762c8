package io.github.rseq4j.stress.torture;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints what is going on, each row of the matrix when it is done, and a summary. */
final class Report implements Row.Listener {
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final int configurations;
  private final Tally total = new Tally();
  private final Map<String, Tally> kinds = new LinkedHashMap<>();
  private Tally row = new Tally();
  private boolean passed = true;

  /**
   * Makes a report.
   *
   * @param terminal whether what is going on may be shown in a line that changes
   * @param configurations how many runs there will be
   */
  Report(PrintStream out, boolean terminal, int configurations) {
    this.out = out;
    this.terminal = terminal;
    this.configurations = configurations;
    out.printf("%-17s  %-6s  %s%n", "test", "index", Tally.heads());
  }

  @Override
  public void starts(Row of, Disturbance disturbance) {
    if (terminal) {
      out.printf(
          "%s%d of %d: %s, %s", CLEAR_LINE, total.runs() + 1, configurations, of, disturbance);
      out.flush();
    }
  }

  @Override
  public void ends(Row of, Disturbance disturbance, Run.Outcome outcome) {
    row.add(outcome);
    total.add(outcome);
    kinds.computeIfAbsent(disturbance.kind(), key -> new Tally()).add(outcome);
    outcome
        .failure()
        .ifPresent(
            failure -> {
              clear();
              fail("%s, %s: %s".formatted(of, disturbance, failure.getMessage()));
              if (!(failure instanceof Violation)) {
                failure.printStackTrace(out);
              }
            });
  }

  /** Prints a row. One without aborts has proved nothing, and counts as failed. */
  void endRow(Row of) {
    clear();
    out.printf("%-17s  %-6s  %s%n", of.suite(), of.index(), row);
    if (row.aborts() == 0) {
      fail("%s: nothing was aborted, so nothing was shown".formatted(of));
    }
    row = new Tally();
  }

  /**
   * Prints the summary.
   *
   * @return whether everything has passed
   */
  boolean end() {
    out.printf("%n%-25s  %s%n", "disturbance", Tally.heads());
    kinds.forEach((kind, tally) -> out.printf("%-25s  %s%n", kind, tally));
    out.printf("%-25s  %s%n", "all", total);
    out.printf("%n%s%n", passed ? "Every invariant held." : "FAILED; see above.");
    return passed;
  }

  private void fail(String what) {
    passed = false;
    out.println("FAILED " + what);
  }

  private void clear() {
    if (terminal) {
      out.print(CLEAR_LINE);
    }
  }
}
