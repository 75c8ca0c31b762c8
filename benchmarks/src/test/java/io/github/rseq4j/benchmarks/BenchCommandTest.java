package io.github.rseq4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.benchmarks.report.Comparison;
import io.github.rseq4j.benchmarks.report.Fixture;
import io.github.rseq4j.benchmarks.report.Results;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {
  /** As little as there can be. */
  private static final Pace TINY = new Pace(true, 1, 0, 1, 10, 1, List.of(1));

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = Main.commandLine(new BenchCommand(TINY, TINY));
    return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true)).execute(arguments);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "counters|there is no group counters; there are cpu, counter, bank,",
        "--threads=0|--threads: 0 is not in 1..1024",
        "--threads=1,1025|--threads: 1025 is not in 1..1024",
        "--threads=1,many|'many' is not an int",
        "--threads=|'' is not an int",
        "--report=nowhere.json|there is no file nowhere.json",
        "--quik|Unknown option: '--quik'"
      })
  void aMistakeIsExplainedShortly(String argument, String message) {
    assertThat(run(argument)).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("rseq4j bench: ").contains(message);
    assertThat(err.toString().lines()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void aFileThatHoldsSomethingElseIsRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("other.json"), "{}");
    assertThat(run("--report", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains(file + " holds no results of benchmarks: ");
  }

  @Test
  void theHelpNamesEveryGroup() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains(new Suite(TINY, TINY.threads(), folder).names())
        .contains("--quick", "--threads", "--markdown", "Exit codes:");
  }

  @Test
  void aReportIsMadeAgain() throws Exception {
    int exitCode =
        run("--report", Fixture.file().toString(), "--output", folder.toString(), "--markdown");
    assertThat(exitCode).isEqualTo(1); // since the results have a failure
    assertThat(out.toString()).contains("| / LongAdder | ", "not measured: limit: ");
    assertThat(folder.resolve("report.html")).content().contains("PerCpuLongAdder");
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void measuresFromEndToEnd() throws Exception {
    assumeTrue(Rseq.availability().active(), "rseq is not active");
    int exitCode = run("cpu", "--threads", "2,1,2", "--output", folder.toString());
    assertThat(exitCode).as(() -> out.toString() + err).isZero();

    Results results = Results.read(folder.resolve("results.json"));
    assertThat(results.failures()).isEmpty();
    assertThat(results.environment())
        .containsKeys("time", "processor", "system", "JDK", "rseq", "load");
    assertThat(results.comparisons()).hasSize(1);
    Comparison comparison = results.comparisons().getFirst();
    assertThat(comparison.axis()).containsExactly("1", "2");
    assertThat(comparison.series()).hasSizeGreaterThan(1);
    assertThat(out.toString()).contains("ours / rival", "cpu: ", "Rseq.currentCpu");
    assertThat(err.toString()).startsWith("%d runs: ".formatted(2 * comparison.series().size()));
    assertThat(folder.resolve("report.html")).content().contains("Rseq.currentCpu");
  }
}
