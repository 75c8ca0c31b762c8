package io.github.rseq4j.benchmarks;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** All groups that can be run, by their names. */
final class Suite {
  private final Map<String, Supplier<List<Heat>>> groups = new LinkedHashMap<>();

  /**
   * Prepares them.
   *
   * @param threads the numbers of threads
   * @param folder where they may leave files while they run
   */
  Suite(Pace pace, List<Integer> threads, Path folder) {
    for (Group group : Group.values()) {
      groups.put(group.toString(), () -> new JmhHeats(group, pace, threads, folder).all());
    }
    groups.put("startup", () -> StartupHeats.all(pace, folder));
    groups.put("memory", () -> MemoryHeats.all(pace));
    groups.put("limit", () -> LimitHeats.all(pace, folder));
  }

  /** Returns the names of all groups. */
  Set<String> names() {
    return groups.keySet();
  }

  /**
   * Returns the heats of some groups, in the order of this suite.
   *
   * @param chosen their names; empty for all
   * @throws IllegalArgumentException if there is no group of a name
   */
  List<Heat> heats(List<String> chosen) {
    for (String name : chosen) {
      if (!groups.containsKey(name)) {
        throw new IllegalArgumentException(
            "there is no group %s; there are %s".formatted(name, String.join(", ", names())));
      }
    }
    return groups.entrySet().stream()
        .filter(each -> chosen.isEmpty() || chosen.contains(each.getKey()))
        .flatMap(each -> each.getValue().get().stream())
        .toList();
  }
}
