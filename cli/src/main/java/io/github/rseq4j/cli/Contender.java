package io.github.rseq4j.cli;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

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
    /**
     * Works on blocks until there are no more, and times the work alone.
     *
     * @param blocks where they come from
     * @param buffers where they go
     * @param prepare what is done to each before
     * @param work what is done to each, which returns how many operations that was
     * @throws BadInputException if one can no longer be read
     */
    static Lap of(
        Input.Blocks blocks, Buffers buffers, Consumer<Block> prepare, ToLongFunction<Block> work)
        throws BadInputException {
      long operations = 0;
      long nanos = 0;
      try (Input.Reader reader = blocks.reader(buffers)) {
        while (reader.next()) {
          Block block = reader.block();
          prepare.accept(block);
          long start = System.nanoTime();
          operations += work.applyAsLong(block);
          nanos += System.nanoTime() - start;
        }
      }
      return new Lap(operations, nanos);
    }

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
