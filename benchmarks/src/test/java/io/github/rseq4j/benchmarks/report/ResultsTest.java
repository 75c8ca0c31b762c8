package io.github.rseq4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultsTest {
  @TempDir private Path folder;

  @Test
  void areReadAsTheyWereWritten() throws Exception {
    Results results = Fixture.results();
    assertThat(results.comparisons()).hasSizeGreaterThan(5);
    Path file = folder.resolve("results.json");
    results.write(file);
    assertThat(Results.read(file)).isEqualTo(results);
    assertThat(Results.read(file).environment().keySet())
        .containsExactlyElementsOf(results.environment().keySet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "null",
        "{\"environment\": {}, \"comparisons\": [], \"failures\": []} more",
        "{\"environment\": {}, \"comparisons\": null, \"failures\": []}",
        "{\"environment\": {}, \"comparisons\": [], \"failures\": [], \"other\": 1}",
        "{\"environment\": {}, \"comparisons\": [{\"subject\": {\"group\": \"g\"}, \"series\": []}],"
            + " \"failures\": []}"
      })
  void somethingElseIsRefused(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("other.json"), text);
    assertThatThrownBy(() -> Results.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file + " holds no results of benchmarks: ");
  }
}
