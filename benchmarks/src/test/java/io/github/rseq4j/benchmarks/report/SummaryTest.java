package io.github.rseq4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SummaryTest {
  @Test
  void ofFewIsTheLeastTheMedianAndTheGreatest() {
    assertThat(Summary.of(List.of(3.0, 1.0, 10.0))).isEqualTo(new Summary(1, 3, 10));
    assertThat(Summary.of(List.of(4.0, 2.0))).isEqualTo(new Summary(2, 3, 4));
    assertThat(Summary.of(List.of(7.0))).isEqualTo(new Summary(7, 7, 7));
  }

  @Test
  void ofManyLeavesOutATenthAtEitherEnd() {
    List<Double> values = IntStream.rangeClosed(1, 99).mapToObj(i -> (double) i).toList();
    assertThat(Summary.of(values)).isEqualTo(new Summary(10, 50, 90));
  }

  @Test
  void ofNoneIsRefused() {
    assertThatThrownBy(() -> Summary.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no value");
  }

  @Test
  void isShownWithItsSpread() {
    assertThat(new Summary(0.4, 0.5, 0.6)).hasToString("0.50 (0.40–0.60)");
    assertThat(new Summary(20, 20, 20)).hasToString("20.0 (20.0)");
  }
}
