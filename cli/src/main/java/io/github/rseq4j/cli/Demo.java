package io.github.rseq4j.cli;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.cli.ByteCounter.ByteTally;
import io.github.rseq4j.cli.Contender.Lap;
import io.github.rseq4j.cli.LengthCounter.LengthTally;
import io.github.rseq4j.cli.RecordFold.RecordTally;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The main job: counts every byte and every line of some files and the lengths of the lines from
 * several threads, and passes every record to a reader, with rseq4j, in plain Java, and with what
 * the JDK has for it. The threads read into buffers of a shared pool.
 *
 * <p>The contenders take turns, a part of the files each, so that whatever else the machine does
 * meanwhile is equally hard on all of them. Before, each does the beginning of the job on its own
 * for the JVM to compile what it needs.
 */
final class Demo {
  /** How often each contender has its turn. */
  static final int LAPS = 16;

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

  /** Who takes part. */
  enum Entry {
    PER_CPU("PerCpuCounters, PerCpuLongAdder"),
    RING("PerCpuRingBuffer"),
    PLAIN("plain long[256], one thread"),
    STRIPED("LongAdder[256], LongAdder"),
    ATOMIC("AtomicLongArray, AtomicLong"),
    QUEUE("ArrayBlockingQueue, byte[]"),
    HISTOGRAM("PerCpuHistogram"),
    ACCUMULATORS("LongAdder[257], LongAdder, LongAccumulator"),
    PER_CPU_QUEUE("PerCpuQueue, byte[]");

    private final String title;

    Entry(String title) {
      this.title = title;
    }

    /** Returns what it works with. */
    @Override
    public String toString() {
      return title;
    }
  }

  /**
   * What all have come to.
   *
   * @param bytes what those that count have counted
   * @param lengths what those that measure have counted
   * @param passed what has come of the passing of records
   * @param plain what has come of doing it in one thread
   * @param laps how long everybody took, turn by turn
   * @param restarts how many sequences the kernel has aborted meanwhile
   */
  record Outcome(
      Map<Entry, ByteTally> bytes,
      Map<Entry, LengthTally> lengths,
      Map<Entry, Passing.Result> passed,
      Plain plain,
      Map<Entry, List<Lap>> laps,
      long restarts) {}

  /** What records come to in one thread. */
  record Plain(RecordTally records, LengthTally lengths) {}

  /** The contenders of one race. */
  private record Field(
      Map<Entry, Counting> counting, Map<Entry, Measuring> measuring, Map<Entry, Passing> passing) {
    static Field of(Workers workers) {
      Field field =
          new Field(
              new EnumMap<>(Entry.class), new EnumMap<>(Entry.class), new EnumMap<>(Entry.class));
      Buffers pool = Buffers.Pooled.forReaders(workers.threads());
      field.counting.put(Entry.PER_CPU, new Counting(workers, pool, new ByteCounter.PerCpu()));
      field.counting.put(
          Entry.PLAIN, new Counting(ALONE, new Buffers.Single(), new ByteCounter.Plain()));
      field.counting.put(Entry.STRIPED, new Counting(workers, pool, new ByteCounter.Striped()));
      field.counting.put(Entry.ATOMIC, new Counting(workers, pool, new ByteCounter.Atomic()));
      field.measuring.put(
          Entry.HISTOGRAM, new Measuring(workers, pool, new LengthCounter.PerCpu()));
      field.measuring.put(
          Entry.ACCUMULATORS, new Measuring(workers, pool, new LengthCounter.Striped()));
      field.passing.put(Entry.RING, new Passing(workers, pool, new RecordChannel.Ring()));
      field.passing.put(
          Entry.PER_CPU_QUEUE, new Passing(workers, pool, RecordChannel.Queue.perCpu()));
      field.passing.put(Entry.QUEUE, new Passing(workers, pool, RecordChannel.Queue.ofJdk()));
      return field;
    }

    Map<Entry, Contender> all() {
      Map<Entry, Contender> all = new EnumMap<>(Entry.class);
      all.putAll(counting);
      all.putAll(measuring);
      all.putAll(passing);
      return all;
    }
  }

  /**
   * Does everything.
   *
   * @throws BadInputException if a file can no longer be read
   */
  Outcome run() throws BadInputException {
    long restarts = Rseq.restarts();
    for (var one : Field.of(workers).all().entrySet()) {
      progress.show("warming up: " + one.getKey());
      one.getValue().run(input.first(WARM_UP_BLOCKS));
    }
    Field field = Field.of(workers);
    Map<Entry, List<Lap>> laps = new EnumMap<>(Entry.class);
    for (int lap = 0; lap < LAPS; lap++) {
      for (var one : field.all().entrySet()) {
        progress.show("part %d of %d: %s".formatted(lap + 1, LAPS, one.getKey()));
        laps.computeIfAbsent(one.getKey(), _ -> new ArrayList<>())
            .add(one.getValue().run(input.part(lap, LAPS)));
      }
    }
    progress.show("plain Java, records");
    Plain plain = fold();
    progress.end();
    Map<Entry, ByteTally> bytes = new EnumMap<>(Entry.class);
    field.counting.forEach((entry, counting) -> bytes.put(entry, counting.counter().tally()));
    Map<Entry, LengthTally> lengths = new EnumMap<>(Entry.class);
    field.measuring.forEach((entry, measuring) -> lengths.put(entry, measuring.lengths().tally()));
    Map<Entry, Passing.Result> passed = new EnumMap<>(Entry.class);
    field.passing.forEach((entry, passing) -> passed.put(entry, passing.result()));
    return new Outcome(bytes, lengths, passed, plain, laps, Rseq.restarts() - restarts);
  }

  private Plain fold() throws BadInputException {
    RecordFold fold = new RecordFold();
    LengthCounter lengths = new LengthCounter.Plain();
    try (Input.Reader reader = input.part(0, 1).reader(new Buffers.Single())) {
      while (reader.next()) {
        Block block = reader.block();
        block.cut();
        lengths.count(block);
        for (int i = 0; i < block.records(); i++) {
          int start = block.start(i);
          fold.add(block.type(i), block.bytes(), start, block.end(i) - start);
        }
      }
    }
    return new Plain(fold.tally(), lengths.tally());
  }
}
