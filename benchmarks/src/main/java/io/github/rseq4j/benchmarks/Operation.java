package io.github.rseq4j.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * Something that is measured of several contenders, in nanoseconds per operation.
 *
 * @param benchmark the class of the benchmark, which has a parameter {@code contender}
 * @param method the name of its method, or of its group of methods
 * @param description one line for readers
 * @param threading what a number of threads means
 * @param full the values of other parameters than {@code contender}, all combinations of which are
 *     run
 * @param quick those of a quick run, which may leave out contenders too
 */
record Operation(
    Class<?> benchmark,
    String method,
    String description,
    Threading threading,
    Map<String, List<String>> full,
    Map<String, List<String>> quick) {

  /** Makes one without other parameters. */
  Operation(Class<?> benchmark, String method, String description, Threading threading) {
    this(benchmark, method, description, threading, Map.of(), Map.of());
  }

  /** Returns what JMH is given to find it. */
  String include() {
    return "^\\Q%s.%s\\E$".formatted(benchmark.getName(), method);
  }

  /** Returns all contenders; the values of the parameter are their names as constants. */
  List<Contender> contenders() {
    try {
      Class<?> type = benchmark.getField("contender").getType();
      return Arrays.stream(type.getEnumConstants()).map(Contender.class::cast).toList();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(benchmark + " has no parameter contender", e);
    }
  }

  /** Returns the time per operation, in nanoseconds. */
  Result<?> score(RunResult result) {
    return threading.score(result);
  }
}
