package io.github.rseq4j.benchmarks;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** The settings of all benchmarks, which JMH lets classes inherit: nanoseconds per operation. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--enable-native-access=ALL-UNNAMED",
      "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED" // Agrona's
    })
public abstract class Nanoseconds {
  private static final int THREADS = 4;

  Nanoseconds() {}

  /**
   * Throws if a structure of this library would be measured without rseq, which nobody asked for.
   */
  static void check(Contender contender) {
    if (contender.ours()) {
      Environment.check();
    }
  }

  /** Has some threads do the same, so that what adapts to the number of its threads has done so. */
  static void byThreads(Runnable work) {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> done =
          Stream.<Future<?>>generate(() -> threads.submit(work)).limit(THREADS).toList();
      done.forEach(Nanoseconds::await);
    }
  }

  /** Waits until something is done, and fails if it did. */
  static void await(Future<?> done) {
    try {
      done.get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
