package io.github.rseq4j.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run has found: all that its report is made of.
 *
 * @param environment what it ran on, by label, in the order in which it is shown
 * @param comparisons in the order in which they were made
 * @param failures what could not be measured, and why, one line each
 */
public record Results(
    Map<String, String> environment, List<Comparison> comparisons, List<String> failures) {
  private static final String WRONG = "%s holds no results of benchmarks: %s";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Copies the collections. */
  public Results {
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    comparisons = List.copyOf(comparisons);
    failures = List.copyOf(failures);
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws IllegalArgumentException if the file holds something else
   * @throws IOException if it cannot be read
   */
  public static Results read(Path file) throws IOException {
    try {
      @Nullable Results results = MAPPER.readValue(Files.readString(file), Results.class);
      if (results == null) {
        throw new IllegalArgumentException(WRONG.formatted(file, "null"));
      }
      return results;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(WRONG.formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** Writes it as JSON. */
  public void write(Path file) throws IOException {
    Files.writeString(file, MAPPER.writeValueAsString(this) + "\n");
  }
}
