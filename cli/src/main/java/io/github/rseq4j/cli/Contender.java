package io.github.rseq4j.cli;

import java.util.List;

/** One way to do a part of the demo's job, which does it block by block. */
interface Contender {
  /**
   * Goes on with the job.
   *
   * @param blocks the next part of the input
   * @return how long that took
   * @throws BadInputException if it can no longer be read
   */
  Lap run(Input.Blocks blocks) throws BadInputException;

  /**
   * How long something took.
   *
   * @param operations of how many operations it consists
   * @param nanos what the threads needed, all together
   */
  record Lap(long operations, long nanos) {
    /** Returns the sum of some. */
    static Lap sum(List<Lap> laps) {
      return new Lap(
          laps.stream().mapToLong(Lap::operations).sum(),
          laps.stream().mapToLong(Lap::nanos).sum());
    }

    /** Returns the nanoseconds for one operation; not a number if there was none. */
    double nanosEach() {
      return operations == 0 ? Double.NaN : (double) nanos / operations;
    }
  }
}
