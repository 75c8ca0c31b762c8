package io.github.rseq4j.benchmarks;

import java.util.function.BooleanSupplier;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Elements of a queue. */
@State(Scope.Benchmark)
public class QueueBenchmark extends ChannelBenchmark {
  /** The queue. */
  @Param public ElementQueue.Kind contender = ElementQueue.Kind.PER_CPU;

  @SuppressWarnings("NullAway.Init") // set by open
  private ElementQueue queue;

  /** Makes the queue. */
  @Setup
  public void open(Blackhole reader) {
    check(contender);
    queue = contender.open(RECORDS, reader);
  }

  @Override
  BooleanSupplier writer() {
    return queue.producer();
  }

  @Override
  int read(int limit) {
    return queue.take(limit);
  }
}
