package io.github.rseq4j.benchmarks;

import io.github.rseq4j.benchmarks.report.Role;
import io.github.rseq4j.benchmarks.report.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;

/** The heats of a group of JMH benchmarks: each run is one fork. */
final class JmhHeats {
  private static final String UNIT = "ns per operation";
  private static final String ALLOCATED = "gc.alloc.rate.norm";
  private static final TimeValue LONGEST = TimeValue.minutes(1);

  /** The parameter that says how many virtual threads there are. */
  private static final String TASKS = "tasks";

  private final Group group;
  private final Pace pace;
  private final List<Integer> threads;
  private final Path folder;

  /**
   * Prepares them.
   *
   * @param threads the numbers of threads
   * @param folder where JMH may leave what it has to say
   */
  JmhHeats(Group group, Pace pace, List<Integer> threads, Path folder) {
    this.group = group;
    this.pace = pace;
    this.threads = threads;
    this.folder = folder;
  }

  /** Returns all. */
  List<Heat> all() {
    return group.operations().stream().flatMap(each -> heats(each).stream()).toList();
  }

  private List<Heat> heats(Operation operation) {
    List<Heat> heats = new ArrayList<>();
    for (Map<String, String> values : combinations(parameters(operation).values())) {
      Map<String, String> others = new TreeMap<>(values);
      String tasks = others.remove(TASKS);
      Subject subject =
          new Subject(group.toString(), title(operation, others), UNIT, axis(operation, tasks));
      if (operation.threading() != Threading.ONE) {
        threads.forEach(n -> heats.add(heat(operation, values, subject, n.toString(), n)));
      } else {
        String x = tasks == null ? "1" : grouped(tasks);
        heats.add(heat(operation, values, subject, x, 1));
      }
    }
    return heats;
  }

  private Parameters parameters(Operation operation) {
    return pace.quick() ? operation.quick() : operation.full();
  }

  private Heat heat(
      Operation operation, Map<String, String> values, Subject subject, String x, int threads) {
    return new Heat(
        subject,
        x,
        pace.rounds(),
        pace.fork(),
        operation.contenders(parameters(operation)).stream()
            .map(
                each ->
                    new Contestant(
                        each.label(), role(each), () -> run(operation, values, each, threads)))
            .toList());
  }

  private static Role role(Contender contender) {
    if (contender.name().equals(Role.NOTHING.name())) {
      return Role.NOTHING;
    }
    return contender.ours() ? Role.OURS : Role.RIVAL;
  }

  private static String title(Operation operation, Map<String, String> others) {
    return operation.description()
        + others.entrySet().stream()
            .map(each -> ", %s %s".formatted(each.getKey(), grouped(each.getValue())))
            .collect(Collectors.joining());
  }

  private static String axis(Operation operation, @Nullable String tasks) {
    return switch (operation.threading()) {
      case ALL -> "threads";
      case READER_BESIDE -> "writers, beside one reader";
      case READER_MEASURED -> "writers";
      case ONE -> tasks == null ? "" : "virtual threads";
    };
  }

  /** Returns a number in groups of three digits, and anything else as it is. */
  private static String grouped(String value) {
    return value.chars().allMatch(Character::isDigit)
        ? String.format(Locale.ROOT, "%,d", Long.parseLong(value))
        : value;
  }

  /** Returns every way to choose one value for each name. */
  static List<Map<String, String>> combinations(Map<String, List<String>> values) {
    List<Map<String, String>> all = List.of(Map.of());
    for (Map.Entry<String, List<String>> each : new TreeMap<>(values).entrySet()) {
      all =
          all.stream()
              .flatMap(
                  chosen ->
                      each.getValue().stream()
                          .map(
                              value -> {
                                Map<String, String> more = new TreeMap<>(chosen);
                                more.put(each.getKey(), value);
                                return more;
                              }))
              .map(Map::copyOf)
              .toList();
    }
    return all;
  }

  private Sample run(
      Operation operation, Map<String, String> values, Contender contender, int threads)
      throws IOException {
    Path log = folder.resolve("jmh.log");
    ChainedOptionsBuilder options =
        pace.apply(new OptionsBuilder())
            .include(operation.include())
            .param("contender", contender.name())
            .jvmArgsPrepend(contender.jvmArgs().toArray(String[]::new))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .timeout(LONGEST)
            .output(log.toString());
    values.forEach(options::param);
    try {
      RunResult result =
          new Runner(operation.threading().apply(options, threads).build()).runSingle();
      Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
      return new Sample(
          values(operation.score(result)),
          allocated == null ? List.of() : List.of(Math.max(0, allocated.getScore())));
    } catch (RunnerException e) {
      throw new IOException(reason(log), e);
    }
  }

  private static List<Double> values(Result<?> result) {
    Statistics statistics = result.getStatistics();
    List<Double> values = new ArrayList<>();
    statistics
        .getRawData()
        .forEachRemaining(
            each -> {
              for (long i = 0; i < each.getValue(); i++) {
                values.add(each.getKey());
              }
            });
    return values;
  }

  /** Returns what a log says about why a fork has failed. */
  private static String reason(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return lines.stream()
        .filter(line -> line.matches("(\\w+\\.)+\\w*(Exception|Error)\\b.*"))
        .findFirst()
        .orElseGet(() -> lines.isEmpty() ? "it said nothing" : lines.getLast());
  }
}
