package io.github.rseq4j.internal.asm;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Code as a table for people. */
public final class Listing {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
  private static final int BYTES_PER_ROW = 10;

  private Listing() {}

  /**
   * Returns offset, bytes, text and note of each line, and the labels at the left margin. Bytes
   * that do not fit in a row go on in the next; a note that stays the same is shown once.
   */
  public static String of(byte[] bytes, List<Line> lines) {
    int textWidth =
        lines.stream()
            .filter(line -> line.length() > 0)
            .mapToInt(line -> line.text().length())
            .max()
            .orElse(0);
    String format = "  %04x  %-" + (3 * BYTES_PER_ROW) + "s %-" + textWidth + "s  %s";
    List<String> rows = new ArrayList<>();
    String shown = "";
    for (Line line : lines) {
      if (line.length() == 0) {
        rows.add(line.text());
      }
      int end = line.offset() + line.length();
      for (int from = line.offset(); from < end; from += BYTES_PER_ROW) {
        boolean first = from == line.offset();
        String hex = HEX.formatHex(bytes, from, Math.min(from + BYTES_PER_ROW, end));
        String note = line.note().isEmpty() || line.note().equals(shown) ? "" : "; " + line.note();
        rows.add(format.formatted(from, hex, first ? line.text() : "", note).stripTrailing());
        shown = line.note();
      }
    }
    return String.join("\n", rows) + "\n";
  }
}
