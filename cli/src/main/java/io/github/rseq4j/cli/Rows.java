package io.github.rseq4j.cli;

/** Lines of a label and a text, which is broken at spaces so that it stays in its column. */
final class Rows {
  private static final int LABEL_WIDTH = 16;
  private static final int LINE_WIDTH = 100;

  private final StringBuilder text = new StringBuilder();

  /** Appends a row. */
  void add(String label, String value) {
    StringBuilder line = new StringBuilder(label);
    pad(line);
    boolean empty = true;
    for (String word : value.split(" ", -1)) {
      if (!empty && line.length() + 1 + word.length() > LINE_WIDTH) {
        text.append(line).append(System.lineSeparator());
        line.setLength(0);
        pad(line);
        empty = true;
      }
      line.append(empty ? "" : " ").append(word);
      empty = false;
    }
    text.append(line).append(System.lineSeparator());
  }

  /** Returns the rows, each line ended. */
  @Override
  public String toString() {
    return text.toString();
  }

  private static void pad(StringBuilder line) {
    line.repeat(' ', Math.max(1, LABEL_WIDTH - line.length()));
  }
}
