package io.github.rseq4j.benchmarks.report;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** Results that were made up: every kind of comparison, with names as long as they get. */
public final class Fixture {
  private Fixture() {}

  /** Returns where they are. */
  public static Path file() {
    try {
      return Path.of(Objects.requireNonNull(Fixture.class.getResource("results.json")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Results results() throws IOException {
    return Results.read(file());
  }
}
