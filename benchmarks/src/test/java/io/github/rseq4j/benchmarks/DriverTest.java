package io.github.rseq4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.benchmarks.report.Results;
import io.github.rseq4j.benchmarks.report.Role;
import io.github.rseq4j.benchmarks.report.Subject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DriverTest {
  private static final Subject SUBJECT = new Subject("group", "operation", "ns", "threads");

  private final List<String> runs = new ArrayList<>();
  private final List<Results> saved = new ArrayList<>();
  private final Collector collector = new Collector();
  private final StringWriter out = new StringWriter();

  private Contestant contestant(String label, Role role, double value) {
    return new Contestant(
        label,
        role,
        () -> {
          runs.add(label);
          return new Sample(List.of(value, value + runs.size()));
        });
  }

  private Heat heat(String x, Contestant... contestants) {
    return new Heat(SUBJECT, x, 3, Duration.ofSeconds(1), List.of(contestants));
  }

  private Results run(Heat... heats) {
    new Driver(
            List.of(heats),
            collector,
            new PrintWriter(out),
            () -> saved.add(collector.results(Map.of())))
        .run();
    return collector.results(Map.of());
  }

  @Test
  void runsContestantsInTurn() {
    Contestant ours = contestant("ours", Role.OURS, 1);
    Contestant rival = contestant("rival", Role.RIVAL, 2);
    Results results = run(heat("1", ours, rival), heat("2", ours, rival));

    assertThat(runs.subList(0, 6))
        .containsExactly("ours", "rival", "ours", "rival", "ours", "rival");
    assertThat(results.failures()).isEmpty();
    assertThat(results.comparisons()).hasSize(1);
    assertThat(results.comparisons().getFirst().axis()).containsExactly("1", "2");
    assertThat(results.comparisons().getFirst().ours().getFirst().points().getFirst().rounds())
        .containsExactly(List.of(1.0, 2.0), List.of(1.0, 4.0), List.of(1.0, 6.0));
    assertThat(saved).hasSize(2).last().isEqualTo(results);
    assertThat(out.toString())
        .contains("1/2, 12 s left: group: operation; threads: 1...... ours 1.", "2/2, ");
  }

  @Test
  void aFailureIsReportedAndTheOthersGoOn() {
    Contestant broken =
        new Contestant(
            "broken",
            Role.RIVAL,
            () -> {
              runs.add("broken");
              throw new IOException("it broke");
            });
    Results results = run(heat("1", broken, contestant("ours", Role.OURS, 1)));

    assertThat(runs).containsExactly("broken", "ours", "ours", "ours");
    assertThat(results.failures()).containsExactly("group: operation, threads 1, broken: it broke");
    assertThat(results.comparisons().getFirst().rivals()).isEmpty();
    assertThat(out.toString()).contains("broken failed");
  }

  @Test
  void theTimeLeftFollowsThePaceSoFar() {
    Clock clock = new Clock(Duration.ofSeconds(100));
    assertThat(clock.left(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(100));
    clock.passed(Duration.ofSeconds(10));
    clock.passed(Duration.ofSeconds(10));
    assertThat(clock.left(Duration.ofSeconds(40))).isEqualTo(Duration.ofSeconds(160));
  }

  @Test
  void timesAreInMinutesUnlessThereAreFewSeconds() {
    assertThat(Clock.text(Duration.ofSeconds(99))).isEqualTo("99 s");
    assertThat(Clock.text(Duration.ofSeconds(181))).isEqualTo("4 min");
  }
}
