package io.github.rseq4j.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The values of a benchmark's parameters, all combinations of which are run.
 *
 * @param contenders which contenders
 * @param values the values of other parameters, by their names
 */
record Parameters(Predicate<Contender> contenders, Map<String, List<String>> values) {

  /** Returns those of a benchmark of all contenders. */
  static Parameters all() {
    return new Parameters(_ -> true, Map.of());
  }

  /** Returns those of a benchmark of some contenders. */
  static Parameters only(Contender... contenders) {
    return new Parameters(Arrays.asList(contenders)::contains, Map.of());
  }

  /** Returns those of a benchmark of all but some contenders. */
  static Parameters without(Contender... contenders) {
    return new Parameters(it -> !Arrays.asList(contenders).contains(it), Map.of());
  }

  /** Returns these with one more. */
  Parameters and(String name, String... more) {
    Map<String, List<String>> with = new TreeMap<>(values);
    with.put(name, List.of(more));
    return new Parameters(contenders, with);
  }
}
