package io.github.rseq4j.cli;

/**
 * Counting bytes and lines from several threads. An operation is one byte, with the line that it
 * may end.
 *
 * @param workers the threads
 * @param buffers where the blocks go that they read
 * @param counter what they count in
 */
record Counting(Workers workers, Buffers buffers, ByteCounter counter) implements Contender {
  @Override
  public Lap run(Input.Blocks blocks) throws BadInputException {
    return Lap.sum(workers.run(_ -> () -> Lap.of(blocks, buffers, _ -> {}, this::count)));
  }

  private long count(Block block) {
    counter.count(block.bytes(), block.length());
    return block.length();
  }
}
