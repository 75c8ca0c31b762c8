package io.github.rseq4j.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The sums of {@value Bank#SIZE} counters to which several threads have added. */
@State(Scope.Benchmark)
public class BankSumsBenchmark extends Nanoseconds {
  private static final int ROUNDS = 100;

  /** The counters. */
  @Param public Bank.Kind contender = Bank.Kind.PER_CPU;

  private final long[] sums = new long[Bank.SIZE];

  @SuppressWarnings("NullAway.Init") // set by open
  private Bank bank;

  /** Makes the counters. */
  @Setup
  public void open() {
    check(contender);
    Bank made = contender.open();
    byThreads(
        () -> {
          for (int round = 0; round < ROUNDS; round++) {
            for (int id = 0; id < Bank.SIZE; id++) {
              made.add(id, 1);
            }
          }
        });
    bank = made;
  }

  /** Asks for the sums. */
  @Benchmark
  public long[] sums() {
    bank.sums(sums);
    return sums;
  }
}
