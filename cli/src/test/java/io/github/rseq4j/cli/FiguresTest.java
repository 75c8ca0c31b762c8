package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private final Locale locale = Locale.getDefault();

  @BeforeEach
  void goToGermany() {
    Locale.setDefault(Locale.GERMANY);
  }

  @AfterEach
  void comeBack() {
    Locale.setDefault(locale);
  }

  @Test
  void numbersLookTheSameEverywhere() {
    assertThat(Figures.grouped(-1_234_567)).isEqualTo("-1,234,567");
    assertThat(Figures.rounded(1234.56, 1)).isEqualTo("1234.6");
    assertThat(Figures.rounded(0.0049, 3)).isEqualTo("0.005");
  }
}
