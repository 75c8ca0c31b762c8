package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.Strictness;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written has to be read back the same by a strict parser. */
class JsonTest {
  private static final Gson STRICT =
      new GsonBuilder().setStrictness(Strictness.STRICT).serializeNulls().create();

  static JsonElement parse(String json) {
    return STRICT.fromJson(json, JsonElement.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "\"quoted\" and \\ and /",
        "line\nbreak\rtab\tbell\u0007null\u0000delete\u007f",
        "umlaut \u00fc, line separator \u2028, emoji \ud83d\ude00"
      })
  void stringsAreEscaped(String string) {
    String json = Json.write(string);

    assertThat(json).matches("[ -~]*");
    assertThat(parse(json).getAsString()).isEqualTo(string);
  }

  @Test
  void everyKindOfValueIsWritten() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("null", null);
    map.put("flag", true);
    map.put("int", -1);
    map.put("long", Long.MIN_VALUE);
    map.put("empty list", List.of());
    map.put("list", List.of("a", 2, List.of(false)));
    map.put("empty map", Map.of());
    map.put("a \"map\"", Map.of("inner", List.of(Map.of("k", "v"))));

    assertThat(parse(Json.write(map)))
        .isEqualTo(
            parse(
                """
                {"null": null, "flag": true, "int": -1, "long": -9223372036854775808,
                 "empty list": [], "list": ["a", 2, [false]], "empty map": {},
                 "a \\"map\\"": {"inner": [{"k": "v"}]}}"""));
  }

  @Test
  void entriesStandOneALineInTheirOrder() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("b", 1);
    map.put("a", List.of(2, 3));

    assertThat(Json.write(map)).isEqualTo("{\n  \"b\": 1,\n  \"a\": [\n    2,\n    3\n  ]\n}");
  }

  @Test
  void aValueWithoutJsonFormIsRefused() {
    assertThatThrownBy(() -> Json.write(List.of(1.5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Double");
  }
}
