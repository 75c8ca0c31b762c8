package io.github.rseq4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatioTableTest {
  private static Point point(String x, double value) {
    return new Point(x, List.of(List.of(value)), List.of());
  }

  private static final Results RESULTS =
      new Results(
          Map.of(),
          List.of(
              new Comparison(
                  new Subject("counter", "addition", "ns per operation", "threads"),
                  List.of(
                      new Series("Ours", Role.OURS, List.of(point("1", 2), point("2", 3))),
                      new Series("a|b", Role.RIVAL, List.of(point("1", 4))),
                      new Series("nothing", Role.NOTHING, List.of(point("1", 1))))),
              new Comparison(
                  new Subject("other", "without ours", "ms", ""),
                  List.of(new Series("R", Role.RIVAL, List.of(point("1", 4)))))),
          List.of());

  @Test
  void hasAColumnForEachValueOnTheAxisAndARowForEachRival() {
    assertThat(new RatioTable(RESULTS).toString().lines().skip(2))
        .containsExactly(
            "counter: addition",
            "  threads                           1            2",
            "  Ours, ns per operation  2.00 (2.00)  3.00 (3.00)",
            "  / a|b                   0.50 (0.50)            -");
  }

  @Test
  void isMarkdownToo() {
    assertThat(new RatioTable(RESULTS).markdown().lines().skip(2))
        .containsExactly(
            "**counter: addition**",
            "",
            "| threads | 1 | 2 |",
            "|---|--:|--:|",
            "| Ours, ns per operation | 2.00 (2.00) | 3.00 (3.00) |",
            "| / a\\|b | 0.50 (0.50) | - |");
  }
}
