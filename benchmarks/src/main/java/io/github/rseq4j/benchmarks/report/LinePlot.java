package io.github.rseq4j.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A line for each contender, over the values on the axis, which are set at equal distances. */
final class LinePlot {
  static final int WIDTH = 368;
  private static final int HEIGHT = 300;
  private static final int LEFT = 48;
  private static final int RIGHT = WIDTH - 34;
  private static final int TOP = 28;
  private static final int BOTTOM = HEIGHT - 44;

  /** From the ends of the axis to the first and the last value. */
  private static final int MARGIN = 16;

  /** From the baseline of one text to that of the next. */
  private static final int LINE_HEIGHT = 14;

  /** From the middle of a text to its baseline. */
  private static final int HALF_TEXT = 4;

  /** What the number of a line is at. */
  private record End(Style style, double y) {}

  private final Comparison comparison;
  private final List<Style> styles;
  private final List<String> axis;
  private final Scale scale;
  private final Svg svg;

  private LinePlot(Comparison comparison, List<Style> styles) {
    this.comparison = comparison;
    this.styles = styles;
    this.axis = comparison.axis();
    this.scale =
        Scale.of(
            comparison.series().stream()
                .flatMap(series -> series.points().stream())
                .map(Point::summary)
                .flatMap(
                    summary -> List.of(summary.low(), summary.median(), summary.high()).stream())
                .toList());
    Subject subject = comparison.subject();
    this.svg =
        new Svg(
            WIDTH,
            HEIGHT,
            "%s; %s by %s".formatted(subject.title(), subject.unit(), subject.axis()));
  }

  /** Draws it. */
  static String of(Comparison comparison, List<Style> styles) {
    LinePlot plot = new LinePlot(comparison, styles);
    plot.drawAxes();
    // Ours last, on top of the others.
    styles.reversed().forEach(plot::drawSeries);
    plot.drawNumbers();
    return plot.svg.toString();
  }

  private void drawAxes() {
    Subject subject = comparison.subject();
    String unit = subject.unit() + (scale.logarithmic() ? ", logarithmic" : "");
    svg.text("axis title", "start", 0, LINE_HEIGHT - 2, unit);
    for (double tick : scale.ticks()) {
      double y = y(tick);
      svg.line("grid", LEFT, y, RIGHT, y);
      svg.text("tick", "end", LEFT - 6, y + HALF_TEXT, Figures.tick(tick));
    }
    svg.line("base", LEFT, BOTTOM, RIGHT, BOTTOM);
    for (int i = 0; i < axis.size(); i++) {
      svg.line("base", x(i), BOTTOM, x(i), BOTTOM + 4);
      svg.text("tick", "middle", x(i), BOTTOM + 18, axis.get(i));
    }
    svg.text("axis title", "middle", (LEFT + RIGHT) / 2.0, HEIGHT - 6, subject.axis());
  }

  private void drawSeries(Style style) {
    List<Point> points = style.series().points();
    svg.polyline(
        "line " + style.name(),
        points.stream()
            .map(
                point ->
                    String.format(Locale.ROOT, "%.1f,%.1f", x(point), y(point.summary().median())))
            .collect(Collectors.joining(" ")));
    for (Point point : points) {
      Summary summary = point.summary();
      svg.line("spread " + style.name(), x(point), y(summary.low()), x(point), y(summary.high()));
      svg.dot(
          "dot " + style.name(),
          x(point),
          y(summary.median()),
          "%s, %s %s: %s %s"
              .formatted(
                  style.series().contender(),
                  point.x(),
                  comparison.subject().axis(),
                  summary,
                  comparison.subject().unit()));
    }
  }

  /** Writes the number of each line where it ends, moved up or down where two would meet. */
  private void drawNumbers() {
    List<End> ends =
        new ArrayList<>(
            styles.stream()
                .map(
                    style ->
                        new End(style, y(style.series().points().getLast().summary().median())))
                .sorted(Comparator.comparingDouble(End::y))
                .toList());
    double lowest = TOP;
    for (int i = 0; i < ends.size(); i++) {
      double y = Math.max(ends.get(i).y(), lowest);
      ends.set(i, new End(ends.get(i).style(), y));
      lowest = y + LINE_HEIGHT;
    }
    double highest = BOTTOM + HALF_TEXT;
    for (int i = ends.size() - 1; i >= 0; i--) {
      double y = Math.min(ends.get(i).y(), highest);
      highest = y - LINE_HEIGHT;
      Style style = ends.get(i).style();
      Point last = style.series().points().getLast();
      svg.line("leader " + style.name(), x(last) + 6, y(last.summary().median()), RIGHT + 8, y);
      svg.text(
          "number " + style.name(),
          "start",
          RIGHT + 11,
          y + HALF_TEXT,
          String.valueOf(style.number()));
    }
  }

  private double x(Point point) {
    return x(axis.indexOf(point.x()));
  }

  private double x(int index) {
    double step = (RIGHT - LEFT - 2.0 * MARGIN) / Math.max(1, axis.size() - 1);
    return LEFT + MARGIN + index * step;
  }

  private double y(double value) {
    return BOTTOM - scale.at(value) * (BOTTOM - TOP);
  }
}
