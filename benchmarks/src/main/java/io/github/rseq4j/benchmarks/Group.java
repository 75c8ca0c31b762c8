package io.github.rseq4j.benchmarks;

import static io.github.rseq4j.benchmarks.Parameters.all;
import static io.github.rseq4j.benchmarks.Parameters.only;
import static io.github.rseq4j.benchmarks.Parameters.without;

import java.util.List;
import java.util.Locale;

/** A group of operations, named on the command line as its constant in lower case. */
enum Group {
  /** The CPU at hand. */
  CPU(
      new Operation(
          CpuBenchmark.class,
          "currentCpu",
          "number of the CPU that the thread runs on",
          Threading.ALL,
          all(),
          all())),

  /** One counter. */
  COUNTER(
      new Operation(
          CounterBenchmark.class,
          "add",
          "addition to a counter of all threads",
          Threading.ALL,
          without(Counter.Kind.NOTHING),
          without(Counter.Kind.NOTHING)),
      new Operation(
          VirtualCounterBenchmark.class,
          "add",
          "addition to a counter of all virtual threads",
          Threading.ONE,
          all().and("tasks", "1000", "100000"),
          only(
                  Counter.Kind.PER_CPU,
                  Counter.Kind.LONG_ADDER,
                  Counter.Kind.ATOMIC_LONG,
                  Counter.Kind.NOTHING)
              .and("tasks", "1000"))),

  /** Many counters. */
  BANK(
      new Operation(
          BankBenchmark.class,
          "add",
          "addition to one of 10,000 counters, drawn at random",
          Threading.ALL,
          all(),
          all())),

  /** Histograms. */
  HISTOGRAM(
      new Operation(
          HistogramBenchmark.class,
          "record",
          "record of a time in a histogram of all threads",
          Threading.ALL,
          without(TimeHistogram.Kind.NOTHING),
          without(TimeHistogram.Kind.NOTHING)),
      new Operation(
          VirtualHistogramBenchmark.class,
          "record",
          "record of a time in a histogram of all virtual threads",
          Threading.ONE,
          without(TimeHistogram.Kind.HDR_PLAIN).and("tasks", "1000", "100000"),
          only(
                  TimeHistogram.Kind.PER_CPU,
                  TimeHistogram.Kind.HDR_RECORDER,
                  TimeHistogram.Kind.MICROMETER,
                  TimeHistogram.Kind.NOTHING)
              .and("tasks", "1000"))),

  /** Records of bytes. */
  RING(
      new Operation(
          RingBenchmark.class,
          "write",
          "write of a record that nobody reads meanwhile",
          Threading.ALL,
          all().and("size", "32", "256", "4096"),
          all().and("size", "32")),
      new Operation(
          RingBenchmark.class,
          "transfer",
          "write of a record while a thread reads all the time",
          Threading.READER_BESIDE,
          all().and("size", "32", "256", "4096"),
          all().and("size", "32"))),

  /** Queues of references. */
  QUEUE(
      new Operation(
          QueueBenchmark.class,
          "write",
          "offer of an element that nobody takes meanwhile",
          Threading.ALL,
          without(ElementQueue.Kind.NOTHING),
          without(ElementQueue.Kind.NOTHING)),
      new Operation(
          QueueBenchmark.class,
          "transfer",
          "offer of an element while a thread takes all the time",
          Threading.READER_BESIDE,
          without(ElementQueue.Kind.NOTHING),
          without(ElementQueue.Kind.NOTHING)),
      new Operation(
          VirtualQueueBenchmark.class,
          "offer",
          "offer of an element by virtual threads, which take them in turn",
          Threading.ONE,
          all().and("tasks", "1000", "100000"),
          only(
                  ElementQueue.Kind.PER_CPU,
                  ElementQueue.Kind.MPSC_ARRAY,
                  ElementQueue.Kind.LINKED,
                  ElementQueue.Kind.ARRAY_BLOCKING,
                  ElementQueue.Kind.NOTHING)
              .and("tasks", "1000"))),

  /** Pools of objects. */
  POOL(
      new Operation(
          PoolBenchmark.class,
          "acquireRelease",
          "acquisition and release of an item",
          Threading.ALL,
          without(ItemPool.Kind.STORMPOT_VIRTUAL, ItemPool.Kind.NOTHING),
          without(ItemPool.Kind.STORMPOT_VIRTUAL, ItemPool.Kind.NOTHING)),
      new Operation(
          VirtualPoolBenchmark.class,
          "acquireRelease",
          "acquisition and release of an item by virtual threads",
          Threading.ONE,
          without(ItemPool.Kind.NETTY_OWN_THREADS, ItemPool.Kind.STORMPOT)
              .and("tasks", "1000", "100000"),
          only(
                  ItemPool.Kind.PER_CPU_HANDLE,
                  ItemPool.Kind.PER_CPU,
                  ItemPool.Kind.THREAD_LOCAL,
                  ItemPool.Kind.JACKSON_LOCK_FREE,
                  ItemPool.Kind.JACKSON_DEQUE,
                  ItemPool.Kind.NETTY,
                  ItemPool.Kind.NOTHING)
              .and("tasks", "1000"))),

  /** What readers do. */
  READ(
      new Operation(
          SumBenchmark.class,
          "sum",
          "sum of a counter",
          Threading.ONE,
          without(Counter.Kind.NOTHING),
          only(Counter.Kind.PER_CPU, Counter.Kind.LONG_ADDER, Counter.Kind.ATOMIC_LONG)),
      new Operation(
          BankSumsBenchmark.class,
          "sums",
          "sums of 10,000 counters, all together",
          Threading.ONE,
          all(),
          all()),
      new Operation(
          SnapshotBenchmark.class,
          "snapshot",
          "snapshot of a histogram",
          Threading.ONE,
          without(TimeHistogram.Kind.HDR_PLAIN, TimeHistogram.Kind.NOTHING),
          only(
              TimeHistogram.Kind.PER_CPU,
              TimeHistogram.Kind.PER_CPU_BOUNDS,
              TimeHistogram.Kind.HDR_RECORDER,
              TimeHistogram.Kind.HDR_CONCURRENT,
              TimeHistogram.Kind.PROMETHEUS_CLASSIC)),
      new Operation(
          RingDrainBenchmark.class,
          "drain",
          "record of 32 bytes on its whole way from threads that write to one that reads",
          Threading.READER_MEASURED,
          all(),
          all()));

  @SuppressWarnings("ImmutableEnumChecker") // it is
  private final List<Operation> operations;

  Group(Operation... operations) {
    this.operations = List.of(operations);
  }

  /** Returns what is measured. */
  List<Operation> operations() {
    return operations;
  }

  /** Returns the name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
