package io.github.rseq4j.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A group of operations, named on the command line as its constant in lower case. */
enum Group {
  /** The CPU at hand. */
  CPU(
      new Operation(
          CpuBenchmark.class,
          "currentCpu",
          "number of the CPU that the thread runs on",
          Threading.ALL)),

  /** One counter. */
  COUNTER(
      new Operation(
          CounterBenchmark.class, "add", "addition to a counter of all threads", Threading.ALL)),

  /** Many counters. */
  BANK(
      new Operation(
          BankBenchmark.class,
          "add",
          "addition to one of 10,000 counters, drawn at random",
          Threading.ALL)),

  /** Records of bytes. */
  RING(
      new Operation(
          RingWriteBenchmark.class,
          "write",
          "write of a record that nobody reads meanwhile",
          Threading.ALL,
          Sizes.FULL,
          Sizes.QUICK),
      new Operation(
          RingTransferBenchmark.class,
          "transfer",
          "write of a record while a thread reads all the time",
          Threading.READER_BESIDE,
          Sizes.FULL,
          Sizes.QUICK));

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

  /** How many bytes records have. */
  private static final class Sizes {
    static final Map<String, List<String>> FULL = Map.of("size", List.of("32", "256", "4096"));
    static final Map<String, List<String>> QUICK = Map.of("size", List.of("32"));
  }
}
