package io.github.rseq4j.benchmarks;

import java.time.Duration;

/**
 * Tells how long work will still take, from how long it was expected to and what it took so far.
 */
final class Clock {
  private final Duration expected;
  private final long start = System.nanoTime();
  private Duration passed = Duration.ZERO;

  /** Makes one for work that is about to begin. */
  Clock(Duration expected) {
    this.expected = expected;
  }

  /** Takes note that so much of what was expected is done. */
  void passed(Duration done) {
    passed = passed.plus(done);
  }

  /** Returns the time left, for readers. */
  String left() {
    return text(left(Duration.ofNanos(System.nanoTime() - start)));
  }

  /** Returns the time left after a time. */
  Duration left(Duration elapsed) {
    Duration rest = expected.minus(passed);
    if (passed.isZero()) {
      return rest;
    }
    double pace = (double) elapsed.toNanos() / passed.toNanos();
    return Duration.ofNanos((long) (rest.toNanos() * pace));
  }

  /** Returns a time as readers want it: minutes, or seconds if there are few. */
  static String text(Duration time) {
    long seconds = time.toSeconds();
    return seconds < 100 ? seconds + " s" : Math.ceilDiv(seconds, 60L) + " min";
  }
}
