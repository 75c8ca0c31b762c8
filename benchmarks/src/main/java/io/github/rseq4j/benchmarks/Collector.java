package io.github.rseq4j.benchmarks;

import io.github.rseq4j.benchmarks.report.Comparison;
import io.github.rseq4j.benchmarks.report.Point;
import io.github.rseq4j.benchmarks.report.Results;
import io.github.rseq4j.benchmarks.report.Series;
import io.github.rseq4j.benchmarks.report.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results so far. */
final class Collector {
  private final Map<Subject, Map<String, Series>> comparisons = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  /** Adds what was measured of a contestant in a heat. */
  void add(Heat heat, Contestant contestant, List<Sample> rounds) {
    Series series = new Series(contestant.label(), contestant.role(), List.of(point(heat, rounds)));
    comparisons
        .computeIfAbsent(heat.subject(), _ -> new LinkedHashMap<>())
        .merge(contestant.label(), series, Series::and);
  }

  /** Returns what was measured of one contestant. */
  static Point point(Heat heat, List<Sample> rounds) {
    return new Point(
        heat.x(),
        rounds.stream().map(Sample::values).toList(),
        rounds.stream().flatMap(each -> each.allocated().stream()).toList());
  }

  /** Adds why a contestant was not measured in a heat. */
  void addFailure(Heat heat, Contestant contestant, Exception reason) {
    String axis = heat.subject().axis();
    failures.add(
        "%s, %s%s: %s"
            .formatted(
                heat.subject().title(),
                axis.isEmpty() ? "" : "%s %s, ".formatted(axis, heat.x()),
                contestant.label(),
                reason.getMessage()));
  }

  /** Returns what there is. */
  Results results(Map<String, String> environment) {
    return new Results(
        environment,
        comparisons.entrySet().stream()
            .map(each -> new Comparison(each.getKey(), List.copyOf(each.getValue().values())))
            .toList(),
        failures);
  }
}
