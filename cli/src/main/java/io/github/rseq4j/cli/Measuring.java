package io.github.rseq4j.cli;

/**
 * Counting the lengths of records from several threads. An operation is one record.
 *
 * @param workers the threads
 * @param buffers where the blocks go that they read
 * @param lengths what they count in
 */
record Measuring(Workers workers, Buffers buffers, LengthCounter lengths) implements Contender {
  @Override
  public Lap run(Input.Blocks blocks) throws BadInputException {
    return Lap.sum(workers.run(_ -> () -> Lap.of(blocks, buffers, Block::cut, this::count)));
  }

  private long count(Block block) {
    lengths.count(block);
    return block.records();
  }
}
