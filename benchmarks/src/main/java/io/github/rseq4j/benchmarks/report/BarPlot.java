package io.github.rseq4j.benchmarks.report;

import java.util.List;

/** A row for each contender: a bar, or a dot where the axis is logarithmic and has no 0. */
final class BarPlot {
  private static final int WIDTH = LinePlot.WIDTH;
  private static final int LEFT = 4;
  private static final int RIGHT = WIDTH - 20;
  private static final int TOP = 24;
  private static final int ROW = 38;
  private static final int FOOT = 24;
  private static final int BAR = 12;

  private BarPlot() {}

  /** Draws it. */
  static String of(Comparison comparison, List<Style> styles) {
    Subject subject = comparison.subject();
    Scale scale =
        Scale.of(
            styles.stream()
                .map(style -> style.series().points().getFirst().summary())
                .flatMap(summary -> List.of(summary.low(), summary.high()).stream())
                .toList());
    int bottom = TOP + ROW * styles.size();
    Svg svg = new Svg(WIDTH, bottom + FOOT, "%s; %s".formatted(subject.title(), subject.unit()));
    svg.text(
        "axis title",
        "start",
        0,
        12,
        subject.unit() + (scale.logarithmic() ? ", logarithmic" : ""));
    for (double tick : scale.ticks()) {
      double x = x(scale, tick);
      svg.line("grid", x, TOP, x, bottom + 4);
      String anchor = tick == scale.from() ? "start" : "middle";
      svg.text("tick", anchor, anchor.equals("start") ? 0 : x, bottom + 18, Figures.tick(tick));
    }
    double y = TOP;
    for (Style style : styles) {
      drawRow(svg, scale, style, y);
      y += ROW;
    }
    return svg.toString();
  }

  private static void drawRow(Svg svg, Scale scale, Style style, double y) {
    Summary summary = style.series().points().getFirst().summary();
    String label = "%d  %s".formatted(style.number(), style.series().contender());
    svg.text("name " + style.name(), "start", LEFT + 2, y + 14, label);
    double middle = y + 20 + BAR / 2.0;
    double x = x(scale, summary.median());
    String tip = "%s: %s".formatted(style.series().contender(), summary);
    if (scale.logarithmic()) {
      svg.dot("dot " + style.name(), x, middle, tip);
    } else {
      svg.bar("bar " + style.name(), LEFT, y + 20, Math.max(1, x - LEFT), BAR, tip);
    }
    svg.line("whisker", x(scale, summary.low()), middle, x(scale, summary.high()), middle);
  }

  private static double x(Scale scale, double value) {
    return LEFT + scale.at(value) * (RIGHT - LEFT);
  }
}
