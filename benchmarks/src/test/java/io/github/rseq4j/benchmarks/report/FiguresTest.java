package io.github.rseq4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|0",
        "0.0054|0.005",
        "0.0994|0.099",
        "0.0996|0.10",
        "0.5249|0.52",
        "9.994|9.99",
        "9.996|10.0",
        "99.94|99.9",
        "99.96|100",
        "1234.4|1,234"
      })
  void haveThreeDigitsThatCount(double number, String text) {
    assertThat(Figures.of(number)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0|0", "0.05|0.05", "0.2|0.2", "2.5|2.5", "10|10", "5000|5,000", "2000000|2 M"})
  void haveNoZerosAtTheEndOnAxes(double number, String text) {
    assertThat(Figures.tick(number)).isEqualTo(text);
  }
}
