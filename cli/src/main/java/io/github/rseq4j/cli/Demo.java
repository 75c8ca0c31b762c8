package io.github.rseq4j.cli;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.cli.ByteCounter.ByteTally;
import io.github.rseq4j.cli.RecordChannel.Writer;
import io.github.rseq4j.cli.RecordFold.RecordTally;
import java.util.List;
import java.util.function.Supplier;

/**
 * The main job: counts every byte and every line of some files from several threads, and passes
 * every record to a reader, with rseq4j, in plain Java, and with what the JDK has for it.
 *
 * <p>Each contender does all of it once to be timed, after it has done the beginning of it for the
 * JVM to compile what it needs.
 */
final class Demo {
  /** How many steps a run shows on its {@link Progress}. */
  static final int STEPS = 6;

  private static final long WARM_UP_BLOCKS = 1024;
  private static final Workers ALONE = new Workers(1, false);

  private final Input input;
  private final Workers workers;
  private final Progress progress;

  Demo(Input input, Workers workers, Progress progress) {
    this.input = input;
    this.workers = workers;
    this.progress = progress;
  }

  /**
   * What one contender has come to.
   *
   * @param tally its result
   * @param operations how many operations it took
   * @param nanos how long the threads took for them, all together
   * @param <T> the kind of result
   */
  record Measured<T>(T tally, long operations, long nanos) {
    /** Returns how long an operation took, in nanoseconds. */
    double nanosEach() {
      return (double) nanos / operations;
    }
  }

  /**
   * What passing records has come to.
   *
   * @param records what the reader got
   * @param refusals how many times a writer found no room
   * @param discarded how many times the channel says that it had none
   */
  record Passed(RecordTally records, long refusals, long discarded) {}

  /**
   * What all contenders have come to.
   *
   * @param restarts how many sequences the kernel has aborted meanwhile
   */
  record Outcome(
      Measured<ByteTally> plainBytes,
      RecordTally plainRecords,
      Measured<ByteTally> perCpuBytes,
      Measured<ByteTally> stripedBytes,
      Measured<ByteTally> atomicBytes,
      Measured<Passed> ringRecords,
      Measured<Passed> queueRecords,
      long restarts) {}

  /**
   * Does everything.
   *
   * @throws BadInputException if a file can no longer be read
   */
  Outcome run() throws BadInputException {
    long restarts = Rseq.restarts();
    var perCpu = count("rseq4j, bytes and lines", workers, ByteCounter.PerCpu::new);
    var ring = pass("rseq4j, records", RecordChannel.Ring::new);
    restarts = Rseq.restarts() - restarts;
    var plain = count("plain Java in one thread", ALONE, ByteCounter.Plain::new);
    RecordTally plainRecords = fold();
    var striped = count("LongAdder", workers, ByteCounter.Striped::new);
    var atomic = count("AtomicLongArray", workers, ByteCounter.Atomic::new);
    var queue = pass("ArrayBlockingQueue", RecordChannel.Queue::new);
    progress.end();
    return new Outcome(plain, plainRecords, perCpu, striped, atomic, ring, queue, restarts);
  }

  private Measured<ByteTally> count(String name, Workers workers, Supplier<ByteCounter> contenders)
      throws BadInputException {
    progress.begin(name, input.bytes());
    count(workers, contenders.get(), input.first(WARM_UP_BLOCKS), false);
    ByteCounter counter = contenders.get();
    long nanos = count(workers, counter, input.all(), true);
    ByteTally tally = counter.tally();
    return new Measured<>(tally, tally.bytes() + tally.lines(), nanos);
  }

  private long count(Workers workers, ByteCounter counter, Input.Blocks blocks, boolean timed)
      throws BadInputException {
    return sum(
        workers.run(
            _ ->
                () -> {
                  long nanos = 0;
                  try (Input.Reader reader = blocks.reader()) {
                    while (reader.next()) {
                      Block block = reader.block();
                      long start = System.nanoTime();
                      counter.count(block.bytes(), block.length());
                      nanos += System.nanoTime() - start;
                      advance(timed, block);
                    }
                  }
                  return nanos;
                }));
  }

  private Measured<Passed> pass(String name, Supplier<RecordChannel> contenders)
      throws BadInputException {
    progress.begin(name, input.bytes());
    pass(contenders.get(), input.first(WARM_UP_BLOCKS), false);
    return pass(contenders.get(), input.all(), true);
  }

  private Measured<Passed> pass(RecordChannel channel, Input.Blocks blocks, boolean timed)
      throws BadInputException {
    RecordFold fold = new RecordFold();
    List<Written> written;
    try (Drain reader = Drain.start(() -> channel.read(fold))) {
      written = workers.run(_ -> () -> write(channel, blocks, new Writer(reader), timed));
    }
    long refusals = sum(written.stream().map(Written::refusals).toList());
    long nanos = sum(written.stream().map(Written::nanos).toList());
    RecordTally tally = fold.tally();
    return new Measured<>(new Passed(tally, refusals, channel.discarded()), tally.records(), nanos);
  }

  /** What one writing thread has done. */
  private record Written(long refusals, long nanos) {}

  private Written write(RecordChannel channel, Input.Blocks blocks, Writer writer, boolean timed)
      throws BadInputException {
    long nanos = 0;
    try (Input.Reader reader = blocks.reader()) {
      while (reader.next()) {
        Block block = reader.block();
        block.cut();
        long start = System.nanoTime();
        channel.write(block, writer);
        nanos += System.nanoTime() - start;
        advance(timed, block);
      }
    }
    return new Written(writer.refusals(), nanos - writer.waitedNanos());
  }

  private RecordTally fold() throws BadInputException {
    RecordFold fold = new RecordFold();
    try (Input.Reader reader = input.all().reader()) {
      while (reader.next()) {
        Block block = reader.block();
        block.cut();
        for (int i = 0; i < block.records(); i++) {
          int start = block.start(i);
          fold.add(block.type(i), block.bytes(), start, block.end(i) - start);
        }
      }
    }
    return fold.tally();
  }

  private void advance(boolean timed, Block block) {
    if (timed) {
      progress.advance(block.length());
    }
  }

  private static long sum(List<Long> numbers) {
    return numbers.stream().mapToLong(Long::longValue).sum();
  }
}
