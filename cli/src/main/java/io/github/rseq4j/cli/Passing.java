package io.github.rseq4j.cli;

import io.github.rseq4j.cli.RecordChannel.Writer;
import io.github.rseq4j.cli.RecordFold.RecordTally;
import java.util.concurrent.atomic.AtomicLong;

/** Passing records from several threads to one that folds them. An operation is one record. */
final class Passing implements Contender {
  private final Workers workers;
  private final Buffers buffers;
  private final RecordChannel channel;
  private final RecordFold fold = new RecordFold();
  private final AtomicLong refusals = new AtomicLong();

  /**
   * Makes a contender.
   *
   * @param workers the threads that write
   * @param buffers where the blocks go that they read
   * @param channel what they write to
   */
  Passing(Workers workers, Buffers buffers, RecordChannel channel) {
    this.workers = workers;
    this.buffers = buffers;
    this.channel = channel;
  }

  /** Writes the records of the blocks, and waits until all of them are read. */
  @Override
  public Lap run(Input.Blocks blocks) throws BadInputException {
    try (Drain reader = Drain.start(() -> channel.read(fold))) {
      return Lap.sum(workers.run(_ -> () -> write(blocks, new Writer(reader))));
    }
  }

  /**
   * What has come of it.
   *
   * @param received what the reader got
   * @param refusals how many times a writer found no room
   * @param discarded how many times the channel says that it had none
   */
  record Result(RecordTally received, long refusals, long discarded) {}

  /** Returns what has come of the runs so far. */
  Result result() {
    return new Result(fold.tally(), refusals.get(), channel.discarded());
  }

  private Lap write(Input.Blocks blocks, Writer writer) throws BadInputException {
    Lap lap =
        Lap.of(
            blocks,
            buffers,
            Block::cut,
            block -> {
              channel.write(block, writer);
              return block.records();
            });
    refusals.addAndGet(writer.refusals());
    return new Lap(lap.operations(), lap.nanos() - writer.waitedNanos());
  }
}
