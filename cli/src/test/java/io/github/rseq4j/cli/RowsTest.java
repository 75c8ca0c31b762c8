package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowsTest {
  @Test
  void longTextStaysInItsColumn() {
    Rows rows = new Rows();
    rows.add("label", "word ".repeat(40).strip());
    rows.add("next", "short");

    assertThat(rows.toString().lines())
        .hasSize(4)
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100))
        .first()
        .isEqualTo("label           " + "word ".repeat(17).strip());
    assertThat(rows.toString().lines().skip(1).findFirst())
        .hasValueSatisfying(line -> assertThat(line).startsWith(" ".repeat(16) + "word"));
    assertThat(rows.toString()).endsWith("next            short" + System.lineSeparator());
  }

  @Test
  void aWordThatIsTooLongIsNotBroken() {
    Rows rows = new Rows();
    rows.add("a label longer than its column", "x".repeat(120));

    assertThat(rows.toString().lines().toList())
        .containsExactly("a label longer than its column " + "x".repeat(120));
  }
}
