package io.github.rseq4j.benchmarks;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Says what it runs on, and runs the benchmarks, but not without rseq unless told to. */
public final class Main {
  private static final int[] THREADS = {1, 2, 4};

  private Main() {}

  /**
   * Runs them.
   *
   * @param args JMH's arguments, see {@code -h}; without any, a quick run of all benchmarks with 1,
   *     2 and 4 threads, for a first impression
   */
  public static void main(String... args) throws Exception {
    try {
      Environment.check();
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
    System.out.println(Environment.describe());
    if (args.length == 0) {
      runQuickly();
    } else {
      org.openjdk.jmh.Main.main(args);
    }
  }

  private static void runQuickly() throws RunnerException {
    Map<String, Collection<RunResult>> results = new LinkedHashMap<>();
    String withReader = "\\.transfer$";
    for (int threads : THREADS) {
      results.put("threads: " + threads, run(quick().exclude(withReader).threads(threads)));
    }
    for (int writers : THREADS) {
      results.put(
          "writers: %d, readers: 1".formatted(writers),
          run(quick().include(withReader).threadGroups(1, writers)));
    }
    results.forEach(
        (threads, result) -> {
          System.out.printf("%n%s%n", threads);
          ResultFormatFactory.getInstance(ResultFormatType.TEXT, System.out).writeOut(result);
        });
  }

  private static ChainedOptionsBuilder quick() {
    TimeValue time = TimeValue.milliseconds(500);
    return new OptionsBuilder()
        .shouldFailOnError(true)
        .param("size", "32")
        .forks(1)
        .warmupIterations(2)
        .warmupTime(time)
        .measurementIterations(3)
        .measurementTime(time);
  }

  private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
    return new Runner(options.build()).run();
  }
}
