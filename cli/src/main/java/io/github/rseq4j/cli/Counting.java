package io.github.rseq4j.cli;

/**
 * Counting bytes and lines from several threads. An operation is one byte, with the line that it
 * may end.
 *
 * @param workers the threads
 * @param counter what they count in
 */
record Counting(Workers workers, ByteCounter counter) implements Contender {
  @Override
  public Lap run(Input.Blocks blocks) throws BadInputException {
    return Lap.sum(workers.run(_ -> () -> count(blocks)));
  }

  private Lap count(Input.Blocks blocks) throws BadInputException {
    long bytes = 0;
    long nanos = 0;
    try (Input.Reader reader = blocks.reader()) {
      while (reader.next()) {
        Block block = reader.block();
        long start = System.nanoTime();
        counter.count(block.bytes(), block.length());
        nanos += System.nanoTime() - start;
        bytes += block.length();
      }
    }
    return new Lap(bytes, nanos);
  }
}
