package io.github.rseq4j.stress.torture;

import java.util.Locale;

/** What has come of several runs. */
final class Tally {
  private int passed;
  private int runs;
  private long operations;
  private long aborts;

  /** Returns the heads of the columns of {@link #toString()}. */
  static String heads() {
    return "%12s  %14s  %12s".formatted("passed", "operations", "aborts");
  }

  void add(Run.Outcome outcome) {
    runs++;
    passed += outcome.failure().isEmpty() ? 1 : 0;
    operations += outcome.operations();
    aborts += outcome.aborts();
  }

  int runs() {
    return runs;
  }

  int passed() {
    return passed;
  }

  long operations() {
    return operations;
  }

  long aborts() {
    return aborts;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%12s  %,14d  %,12d", "%d of %d".formatted(passed, runs), operations, aborts);
  }
}
