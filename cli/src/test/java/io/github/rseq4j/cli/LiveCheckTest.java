package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LiveCheckTest {
  @Test
  void everythingAddsUp() throws Exception {
    LiveCheck.Result result = LiveCheck.run();

    assertThat(result.differences()).isEmpty();
    assertThat(result.exact()).isTrue();
    assertThat(result.threads()).isGreaterThanOrEqualTo(4);
    assertThat(result.rounds()).isPositive();
    assertThat(result.discarded()).isBetween(0L, result.rounds() - 1);
  }
}
