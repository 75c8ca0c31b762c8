package io.github.rseq4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  @Test
  void needsNothingBesideItself() throws IOException {
    assertThat(HtmlReport.of(Fixture.results()))
        .doesNotContain("http:", "https:", "<script", "<link", "<img", "@import", "url(");
  }

  @Test
  void showsAllThatThereIs() throws IOException {
    Results results = Fixture.results();
    String page = HtmlReport.of(results);
    for (Comparison comparison : results.comparisons()) {
      assertThat(page).contains(comparison.subject().operation(), comparison.subject().unit());
      comparison.series().forEach(each -> assertThat(page).contains(each.contender()));
    }
    results.environment().forEach((label, fact) -> assertThat(page).contains(label, fact));
    assertThat(page).contains("C &amp; &lt;asm&gt;").doesNotContain("<asm>");
  }
}
