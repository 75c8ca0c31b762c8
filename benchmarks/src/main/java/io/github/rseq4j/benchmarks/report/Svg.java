package io.github.rseq4j.benchmarks.report;

import java.util.Formatter;
import java.util.Locale;

/** A drawing that is written into the page; its classes give it colour, in light and in dark. */
final class Svg {
  private static final int DOT = 4;

  private final Formatter text = new Formatter(Locale.ROOT);

  /** Makes an empty one, with a description for those who cannot see it. */
  Svg(int width, int height, String description) {
    text.format(
        "<svg class=\"plot\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
            + " aria-label=\"%s\">",
        width, height, width, height, Html.escape(description));
  }

  /** Draws a line. */
  void line(String style, double x1, double y1, double x2, double y2) {
    text.format(
        "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
        style, x1, y1, x2, y2);
  }

  /** Draws a line through points, each as {@code x,y}. */
  void polyline(String style, String points) {
    text.format("<polyline class=\"%s\" points=\"%s\"/>", style, points);
  }

  /** Draws a dot that tells something when the pointer rests on it. */
  void dot(String style, double x, double y, String tip) {
    text.format(
        "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\"><title>%s</title></circle>",
        style, x, y, DOT, Html.escape(tip));
  }

  /** Draws a bar that tells something when the pointer rests on it. */
  void bar(String style, double x, double y, double width, double height, String tip) {
    text.format(
        "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\">"
            + "<title>%s</title></rect>",
        style, x, y, width, height, Html.escape(tip));
  }

  /** Writes a text that begins, has its middle, or ends at a point, as its anchor says. */
  void text(String style, String anchor, double x, double y, String what) {
    text.format(
        "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>",
        style, anchor, x, y, Html.escape(what));
  }

  /** Returns what is put into the page. */
  @Override
  public String toString() {
    return text + "</svg>";
  }
}
