package io.github.rseq4j.benchmarks;

import io.github.rseq4j.benchmarks.report.Subject;
import java.time.Duration;
import java.util.List;

/**
 * Contestants under one condition. They are run in turn, each once in every round, so that each
 * ratio is of runs that are close in time, whatever the machine's speed does in the meantime.
 *
 * @param subject what they are compared in
 * @param x the condition: the value on the subject's axis
 * @param rounds how many rounds there are
 * @param each how long a run takes, about
 * @param contestants who takes part
 */
record Heat(Subject subject, String x, int rounds, Duration each, List<Contestant> contestants) {
  /** Returns how many runs there are. */
  int runs() {
    return rounds * contestants.size();
  }

  /** Returns how long all runs take, about. */
  Duration time() {
    return each.multipliedBy(runs());
  }
}
