package io.github.rseq4j.benchmarks;

import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * {@value Bank#SIZE} counters, to another of which each thread adds each time, at random: the time
 * that an addition takes its thread, with drawing its number.
 */
@State(Scope.Benchmark)
public class BankBenchmark extends Nanoseconds {
  /** The counters. */
  @Param public Bank.Kind contender = Bank.Kind.PER_CPU;

  @SuppressWarnings("NullAway.Init") // set by open
  private Bank bank;

  /** Makes the counters. */
  @Setup
  public void open() {
    check(contender);
    bank = contender.open();
  }

  /** Draws the numbers of counters. */
  @State(Scope.Thread)
  public static class Ids {
    private long random = ThreadLocalRandom.current().nextLong();

    int next() {
      // A linear congruential generator, of which the upper bits are random enough.
      random = random * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
      return (int) (((random >>> 32) * Bank.SIZE) >>> 32);
    }
  }

  /** Adds to one. */
  @Benchmark
  public void add(Ids ids) {
    bank.add(ids.next(), 1);
  }
}
