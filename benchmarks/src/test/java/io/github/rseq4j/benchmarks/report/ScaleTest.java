package io.github.rseq4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ScaleTest {
  @Test
  void beginsAtZeroWhereValuesAreClose() {
    Scale scale = Scale.of(List.of(3.0, 9.0));
    assertThat(scale.logarithmic()).isFalse();
    assertThat(scale.ticks()).containsExactly(0.0, 2.0, 4.0, 6.0, 8.0, 10.0);
    assertThat(scale.at(0)).isZero();
    assertThat(scale.at(5)).isEqualTo(0.5);
    assertThat(scale.at(10)).isEqualTo(1);
  }

  @Test
  void isLogarithmicWhereRatiosAreWide() {
    Scale scale = Scale.of(List.of(1.0, 100.0));
    assertThat(scale.logarithmic()).isTrue();
    assertThat(scale.ticks()).contains(1.0, 10.0, 100.0);
    assertThat(scale.at(10)).isBetween(0.4999, 0.5001);
  }

  @Test
  void holdsEveryValueAndHasFewTicks() {
    for (double least : new double[] {0.003, 0.7, 1, 42}) {
      for (double ratio : new double[] {1, 1.5, 11, 13, 90, 1e4, 1e9}) {
        Scale scale = Scale.of(List.of(least, least * ratio));
        assertThat(scale.from()).isLessThanOrEqualTo(least);
        assertThat(scale.to()).isGreaterThanOrEqualTo(least * ratio);
        assertThat(scale.ticks()).hasSizeBetween(2, 8).isSorted();
        assertThat(DoubleStream.of(least, least * ratio).map(scale::at).toArray())
            .isSorted()
            .doesNotContain(Double.NaN);
      }
    }
  }
}
