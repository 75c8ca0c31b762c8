package io.github.rseq4j.benchmarks;

import io.github.rseq4j.benchmarks.report.HtmlReport;
import io.github.rseq4j.benchmarks.report.RatioTable;
import io.github.rseq4j.benchmarks.report.Results;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures, and reports. */
@Command(
    name = "rseq4j bench",
    description = {
      "Measures this library's structures against what people use in their place, in turn; prints "
          + "the ratios, and writes results.json and report.html."
    },
    sortOptions = false,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:everything was measured",
      "1:something was not; the report says what, and why",
      "2:rseq is not active, a file cannot be read or written, or an argument cannot be used"
    })
final class BenchCommand implements Callable<Integer> {
  private static final int MOST_THREADS = 1024;
  private static final String RESULTS = "results.json";
  private static final String REPORT = "report.html";

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--quick",
      description = "a first impression of everything in less than ten minutes")
  private boolean quick;

  @Option(
      names = "--threads",
      paramLabel = "LIST",
      split = ",",
      hideParamSyntax = true,
      description =
          "numbers of threads, 1 to " + MOST_THREADS + "; default: 1,2,4,8, or 1,2,4 if quick")
  private List<Integer> threads = List.of();

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      defaultValue = "${sys:rseq4j.bench.output:-.}",
      description = "where the files are written; default: ${DEFAULT-VALUE}")
  @SuppressWarnings("NullAway.Init")
  private Path output;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "measure nothing: make the report of the results in this file again")
  private @Nullable Path earlier;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help and exit")
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private boolean help;

  @Option(names = "--markdown", description = "print the ratios as Markdown")
  private boolean markdown;

  @Parameters(
      paramLabel = "GROUP",
      description =
          "what to measure: cpu, counter, bank, histogram, ring, queue, pool, read, startup, memory, "
              + "limit; default: all")
  private List<String> groups = List.of();

  private final Pace full;
  private final Pace hurried;

  /** Makes one that takes its time, or with {@code --quick} does not. */
  BenchCommand() {
    this(Pace.FULL, Pace.QUICK);
  }

  /** Makes one of other paces, for tests. */
  BenchCommand(Pace full, Pace hurried) {
    this.full = full;
    this.hurried = hurried;
  }

  @Override
  public Integer call() throws IOException {
    Results results = earlier == null ? measure() : read(earlier);
    PrintWriter out = spec.commandLine().getOut();
    RatioTable table = new RatioTable(results);
    out.print(markdown ? table.markdown() : table);
    out.println();
    results.failures().forEach(each -> out.println("not measured: " + each));
    out.println("report: " + output.resolve(REPORT));
    out.flush();
    return results.failures().isEmpty() ? 0 : 1;
  }

  private Results read(Path file) throws IOException {
    try {
      Results results = Results.read(file);
      Files.createDirectories(output);
      Files.writeString(output.resolve(REPORT), HtmlReport.of(results));
      return results;
    } catch (NoSuchFileException e) {
      throw mistake("there is no file %s".formatted(file));
    } catch (IllegalArgumentException e) {
      throw mistake(e.getMessage());
    }
  }

  private Results measure() throws IOException {
    Pace pace = quick ? hurried : full;
    Path folder = Files.createTempDirectory("rseq4j-bench");
    try {
      Suite suite = new Suite(pace, threads(pace), folder);
      List<Heat> heats = heats(suite);
      requireRseq();
      Files.createDirectories(output);
      PrintWriter err = spec.commandLine().getErr();
      err.printf(
          "%d runs: %s; about %s%n",
          heats.stream().mapToInt(Heat::runs).sum(), pace, Clock.text(Driver.time(heats)));
      Environment environment = new Environment(pace, Instant.now());
      Collector collector = new Collector();
      new Driver(heats, collector, err, () -> write(collector.results(environment.facts()))).run();
      return collector.results(environment.facts());
    } finally {
      delete(folder);
    }
  }

  private List<Integer> threads(Pace pace) {
    for (Integer each : threads) {
      if (each < 1 || each > MOST_THREADS) {
        throw mistake("--threads: %d is not in 1..%d".formatted(each, MOST_THREADS));
      }
    }
    return threads.isEmpty() ? pace.threads() : new ArrayList<>(new TreeSet<>(threads));
  }

  private List<Heat> heats(Suite suite) {
    try {
      return suite.heats(groups);
    } catch (IllegalArgumentException e) {
      throw mistake(e.getMessage());
    }
  }

  private void requireRseq() {
    try {
      Environment.check();
    } catch (IllegalStateException e) {
      throw mistake(e.getMessage());
    }
  }

  private ParameterException mistake(@Nullable String message) {
    return new ParameterException(spec.commandLine(), String.valueOf(message));
  }

  private void write(Results results) {
    try {
      results.write(output.resolve(RESULTS));
      Files.writeString(output.resolve(REPORT), HtmlReport.of(results));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
