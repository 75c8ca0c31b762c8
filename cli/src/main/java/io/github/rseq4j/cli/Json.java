package io.github.rseq4j.cli;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes maps, collections, strings, whole numbers, booleans and nulls as JSON (RFC 8259).
 *
 * <p>The result is plain ASCII, so it is the same in every character set of a terminal.
 */
final class Json {
  private static final String INDENT = "  ";
  private static final int FIRST_PRINTABLE = 0x20;
  private static final int FIRST_BEYOND_ASCII = 0x7f;

  private final StringBuilder text = new StringBuilder();

  private Json() {}

  /**
   * Returns the value as JSON, one entry a line, in the order of iteration.
   *
   * @throws IllegalArgumentException if the value, or one in it, is none of those above
   */
  static String write(@Nullable Object value) {
    Json json = new Json();
    json.value(value, "\n");
    return json.text.toString();
  }

  private void value(@Nullable Object value, String lineBreak) {
    switch (value) {
      case null -> text.append("null");
      case Boolean flag -> text.append(flag);
      case Integer number -> text.append(number);
      case Long number -> text.append(number);
      case String string -> string(string);
      case Map<?, ?> map -> entries('{', map.entrySet(), '}', lineBreak);
      case Collection<?> items -> entries('[', items, ']', lineBreak);
      default ->
          throw new IllegalArgumentException("%s has no JSON form".formatted(value.getClass()));
    }
  }

  private void entries(char open, Collection<?> entries, char close, String lineBreak) {
    text.append(open);
    String inner = lineBreak + INDENT;
    for (Iterator<?> i = entries.iterator(); i.hasNext(); ) {
      text.append(inner);
      Object next = i.next();
      if (next instanceof Map.Entry<?, ?> entry) {
        string(String.valueOf(entry.getKey()));
        text.append(": ");
        value(entry.getValue(), inner);
      } else {
        value(next, inner);
      }
      text.append(i.hasNext() ? "," : lineBreak);
    }
    text.append(close);
  }

  private void string(String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < FIRST_PRINTABLE || c >= FIRST_BEYOND_ASCII) {
        text.append("\\u%04x".formatted((int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
