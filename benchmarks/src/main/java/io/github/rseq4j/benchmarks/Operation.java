package io.github.rseq4j.benchmarks;

import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * Something that is measured of several contenders, in nanoseconds per operation.
 *
 * @param benchmark the class of the benchmark, which has a parameter {@code contender}
 * @param method the name of its method, or of its group of methods
 * @param description one line for readers
 * @param threading what a number of threads means
 * @param full what it is run with
 * @param quick what it is run with in a quick run
 */
record Operation(
    Class<?> benchmark,
    String method,
    String description,
    Threading threading,
    Parameters full,
    Parameters quick) {

  /** Returns what JMH is given to find it. */
  String include() {
    return "^\\Q%s.%s\\E$".formatted(benchmark.getName(), method);
  }

  /**
   * Returns the contenders; their names as constants are the values of the parameter.
   *
   * @param parameters {@link #full} or {@link #quick}
   */
  List<Contender> contenders(Parameters parameters) {
    try {
      Class<?> type = benchmark.getField("contender").getType();
      return Arrays.stream(type.getEnumConstants())
          .map(Contender.class::cast)
          .filter(parameters.contenders())
          .toList();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(benchmark + " has no parameter contender", e);
    }
  }

  /** Returns the time per operation, in nanoseconds. */
  Result<?> score(RunResult result) {
    return threading.score(result);
  }
}
