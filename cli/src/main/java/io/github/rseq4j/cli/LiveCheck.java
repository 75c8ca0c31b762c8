package io.github.rseq4j.cli;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.percpu.PerCpuCounters;
import io.github.rseq4j.percpu.PerCpuLongAdder;
import io.github.rseq4j.percpu.PerCpuRingBuffer;
import io.github.rseq4j.percpu.RecordHandler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A short run of every structure, from platform threads and then from virtual ones, that shows
 * whether nothing is lost, doubled or torn on this machine.
 *
 * <p>Each thread adds to an adder and to a bank of counters, and writes a record, over and over;
 * afterwards the structures are compared with what the threads say they have done.
 */
final class LiveCheck {
  private static final int COUNTERS = 8;
  private static final int RING_CAPACITY = 1 << 16;
  private static final int READ_LIMIT = 1024;

  /** How often each thread does everything before it makes way for another. */
  private static final int ROUND = 1000;

  private static final long NANOS_OF_EACH_KIND = TimeUnit.MILLISECONDS.toNanos(400);
  private static final int MOST_THREADS = 16;

  private static final ValueLayout.OfLong NUMBER = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final int RECORD_BYTES = 2 * Long.BYTES;

  private final PerCpuLongAdder adder = new PerCpuLongAdder();
  private final PerCpuCounters counters = new PerCpuCounters(COUNTERS);
  private final PerCpuRingBuffer ring = new PerCpuRingBuffer(RING_CAPACITY);

  private LiveCheck() {}

  /**
   * What a run has shown.
   *
   * @param threads how many threads of each kind took part
   * @param rounds how often one of them has done everything
   * @param discarded how many records found their ring full
   * @param restarts how many sequences the kernel has aborted meanwhile
   * @param differences what was not exact, in words
   */
  record Result(int threads, long rounds, long discarded, long restarts, List<String> differences) {
    /** Copies the list. */
    Result {
      differences = List.copyOf(differences);
    }

    /** Returns whether everything added up. */
    boolean exact() {
      return differences.isEmpty();
    }
  }

  /** What one thread has done; {@code sum} is that of the numbers it has written into records. */
  private record Done(long rounds, long written, long sum) {
    Done plus(Done other) {
      return new Done(rounds + other.rounds, written + other.written, sum + other.sum);
    }
  }

  /** Adds up what the reader receives. A record is a number and its complement. */
  private static final class Received implements RecordHandler {
    private long records;
    private long sum;
    private long torn;

    @Override
    public void onRecord(int type, MemorySegment buffer, long offset, int length) {
      long number = buffer.get(NUMBER, offset);
      if (length != RECORD_BYTES || buffer.get(NUMBER, offset + Long.BYTES) != ~number) {
        torn++;
      }
      records++;
      sum += number;
    }
  }

  /** Runs the check, which takes a second. */
  static Result run() throws BadInputException {
    return new LiveCheck().check();
  }

  private Result check() throws BadInputException {
    int threads = Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 4, MOST_THREADS);
    long restarts = Rseq.restarts();
    Received received = new Received();
    Done done = new Done(0, 0, 0);
    try (Drain _ = Drain.start(() -> ring.read(received, READ_LIMIT))) {
      for (boolean virtual : new boolean[] {false, true}) {
        long end = System.nanoTime() + NANOS_OF_EACH_KIND;
        for (Done one : new Workers(threads, virtual).run(i -> () -> work(i, end))) {
          done = done.plus(one);
        }
      }
    }
    long discarded = done.rounds - done.written;
    return new Result(
        threads,
        done.rounds,
        discarded,
        Rseq.restarts() - restarts,
        differences(done, discarded, received));
  }

  @SuppressWarnings("ThreadPriorityCheck") // what is to be shown does not rest on the yield
  private Done work(int worker, long end) {
    byte[] bytes = new byte[RECORD_BYTES];
    MemorySegment record = MemorySegment.ofArray(bytes);
    long number = (long) worker << Integer.SIZE;
    long rounds = 0;
    long written = 0;
    long sum = 0;
    do {
      for (int i = 0; i < ROUND; i++) {
        adder.increment();
        counters.increment(i % COUNTERS);
        number++;
        record.set(NUMBER, 0, number);
        record.set(NUMBER, Long.BYTES, ~number);
        if (ring.write(worker, bytes)) {
          written++;
          sum += number;
        }
      }
      rounds += ROUND;
      Thread.yield();
    } while (System.nanoTime() - end < 0);
    return new Done(rounds, written, sum);
  }

  private List<String> differences(Done done, long discarded, Received received) {
    List<String> differences = new ArrayList<>();
    compare("PerCpuLongAdder's sum", adder.sum(), done.rounds, differences);
    for (int id = 0; id < COUNTERS; id++) {
      compare("PerCpuCounters' sum " + id, counters.sum(id), done.rounds / COUNTERS, differences);
    }
    compare("PerCpuRingBuffer's records", received.records, done.written, differences);
    compare("the sum of their numbers", received.sum, done.sum, differences);
    compare("torn records", received.torn, 0, differences);
    compare("PerCpuRingBuffer's lost()", ring.lost(), discarded, differences);
    return differences;
  }

  private static void compare(String what, long is, long expected, List<String> differences) {
    if (is != expected) {
      differences.add("%s: %d instead of %d".formatted(what, is, expected));
    }
  }
}
