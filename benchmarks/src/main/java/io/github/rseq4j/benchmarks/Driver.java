package io.github.rseq4j.benchmarks;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Runs heats one after another, and shows what it is at and how long that will still take. */
final class Driver {
  private final List<Heat> heats;
  private final Collector collector;
  private final PrintWriter out;
  private final Runnable save;
  private final Clock clock;

  /**
   * Prepares it.
   *
   * @param save called whenever a heat has ended
   */
  Driver(List<Heat> heats, Collector collector, PrintWriter out, Runnable save) {
    this.heats = heats;
    this.collector = collector;
    this.out = out;
    this.save = save;
    this.clock = new Clock(time(heats));
  }

  /** Returns how long heats take, about. */
  static Duration time(List<Heat> heats) {
    return heats.stream().map(Heat::time).reduce(Duration.ZERO, Duration::plus);
  }

  /** Runs all. */
  void run() {
    for (int i = 0; i < heats.size(); i++) {
      Heat heat = heats.get(i);
      out.printf("%d/%d, %s left: %s", i + 1, heats.size(), clock.left(), name(heat));
      out.flush();
      Map<Contestant, List<Sample>> samples = run(heat);
      samples.forEach((contestant, rounds) -> collector.add(heat, contestant, rounds));
      out.println(" " + summary(heat, samples));
      save.run();
    }
  }

  private static String name(Heat heat) {
    String axis = heat.subject().axis();
    return heat.subject().title() + (axis.isEmpty() ? "" : "; %s: %s".formatted(axis, heat.x()));
  }

  private Map<Contestant, List<Sample>> run(Heat heat) {
    Map<Contestant, List<Sample>> samples = new LinkedHashMap<>();
    Set<Contestant> failed = new HashSet<>();
    for (int round = 0; round < heat.rounds(); round++) {
      for (Contestant contestant : heat.contestants()) {
        if (!failed.contains(contestant)) {
          try {
            samples
                .computeIfAbsent(contestant, _ -> new ArrayList<>())
                .add(contestant.run().call());
          } catch (Exception e) {
            failed.add(contestant);
            collector.addFailure(heat, contestant, e);
          }
        }
        clock.passed(heat.each());
        out.print(".");
        out.flush();
      }
    }
    samples.keySet().removeAll(failed);
    return samples;
  }

  /** Returns what the contestants took, ours first. */
  private static String summary(Heat heat, Map<Contestant, List<Sample>> samples) {
    return heat.contestants().stream()
        .map(
            each ->
                each.label()
                    + " "
                    + (samples.containsKey(each)
                        ? Collector.point(heat, samples.get(each)).summary()
                        : "failed"))
        .collect(Collectors.joining(", "));
  }
}
