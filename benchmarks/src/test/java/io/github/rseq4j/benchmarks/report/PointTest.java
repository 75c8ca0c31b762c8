package io.github.rseq4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PointTest {
  private static Point of(List<List<Double>> rounds) {
    return new Point("1", rounds, List.of());
  }

  @Test
  void summarizesTheValuesOfAllRounds() {
    assertThat(of(List.of(List.of(1.0, 2.0), List.of(6.0))).summary())
        .isEqualTo(new Summary(1, 2, 6));
  }

  @Test
  void ratiosAreOfValuesFromTheSameRound() {
    // The machine was ten times as slow in the second round: no ratio notices.
    Point ours = of(List.of(List.of(2.0, 3.0), List.of(20.0)));
    Point rival = of(List.of(List.of(4.0), List.of(40.0, 50.0)));
    assertThat(ours.ratioTo(rival)).isEqualTo(new Summary(0.4, 0.5, 0.75));
  }

  @Test
  void roundsThatOnlyOneHasAreLeftOut() {
    Point ours = of(List.of(List.of(2.0), List.of(100.0)));
    assertThat(ours.ratioTo(of(List.of(List.of(4.0))))).isEqualTo(new Summary(0.5, 0.5, 0.5));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void onlyPositiveNumbersAreValues(double value) {
    assertThatThrownBy(() -> of(List.of(List.of(value))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.valueOf(value));
  }

  @Test
  void aRoundHasValues() {
    assertThatThrownBy(() -> of(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(List.of(List.of()))).isInstanceOf(IllegalArgumentException.class);
  }
}
