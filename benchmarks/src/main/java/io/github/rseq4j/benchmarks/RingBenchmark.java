package io.github.rseq4j.benchmarks;

import java.util.function.BooleanSupplier;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Records of bytes. */
@State(Scope.Benchmark)
public class RingBenchmark extends ChannelBenchmark {
  /** The channel. */
  @Param public RecordChannel.Kind contender = RecordChannel.Kind.PER_CPU;

  /** The bytes of a record, a power of two. */
  @Param({"32", "256", "4096"})
  public int size;

  @SuppressWarnings("NullAway.Init") // set by open
  private RecordChannel channel;

  /** Makes the channel. */
  @Setup
  public void open(Blackhole reader) {
    check(contender);
    channel = contender.open(size, reader::consume);
  }

  @Override
  BooleanSupplier writer() {
    return channel.writer(new byte[size]);
  }

  @Override
  int read(int limit) {
    return channel.read(limit);
  }
}
