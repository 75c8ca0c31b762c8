package io.github.rseq4j.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** The ratios of all comparisons at a glance: a row for each, in it a dot for each ratio. */
final class RatioPlot {
  private static final int WIDTH = LinePlot.WIDTH;
  private static final int LEFT = 16;
  private static final int RIGHT = WIDTH - 16;
  private static final int TOP = 46;
  private static final int ROW = 40;

  /** In a row, from its top: the baseline of its title, the top of its band, and its dots. */
  private static final int TEXT = 17;

  private static final int BAND = 22;
  private static final int DOTS = 31;
  private static final int MOST_LETTERS = 54;

  /** How far the axis reaches to either side at least. */
  private static final double LEAST_REACH = 2;

  /** A ratio, and what it is of. */
  private record Mark(double ratio, String tip) {}

  /** The ratios of a comparison. */
  private record Row(String title, List<Mark> marks) {
    static Row of(Comparison comparison) {
      List<Mark> marks = new ArrayList<>();
      for (Series ours : comparison.ours()) {
        for (Series rival : comparison.rivals()) {
          for (Point point : ours.points()) {
            rival
                .at(point.x())
                .map(point::ratioTo)
                .ifPresent(
                    ratio ->
                        marks.add(
                            new Mark(ratio.median(), tip(comparison, ours, rival, point, ratio))));
          }
        }
      }
      return new Row(comparison.subject().title(), marks);
    }

    private static String tip(
        Comparison comparison, Series ours, Series rival, Point point, Summary ratio) {
      return "%s / %s, %s %s: %s"
          .formatted(
              ours.contender(), rival.contender(), point.x(), comparison.subject().axis(), ratio);
    }
  }

  private RatioPlot() {}

  /** Draws it. */
  static String of(List<Comparison> comparisons) {
    List<Row> rows =
        comparisons.stream().map(Row::of).filter(row -> !row.marks().isEmpty()).toList();
    List<Double> ratios =
        rows.stream().flatMap(row -> row.marks().stream()).map(Mark::ratio).toList();
    Scale scale =
        Scale.logarithmic(
            Math.min(1 / LEAST_REACH, ratios.stream().reduce(1.0, Math::min)),
            Math.max(LEAST_REACH, ratios.stream().reduce(1.0, Math::max)));
    int bottom = TOP + ROW * rows.size();
    Svg svg = new Svg(WIDTH, bottom + 8, "ratios ours / rival of every comparison");
    svg.text("axis title", "start", 0, 12, "time or memory, ours / rival, logarithmic");
    for (double tick : scale.ticks()) {
      svg.text("tick", "middle", x(scale, tick), TOP - 8, Figures.tick(tick));
    }
    double y = TOP;
    for (Row row : rows) {
      svg.text("name", "start", 0, y + TEXT, shortened(row.title()));
      for (double tick : scale.ticks()) {
        svg.line(tick == 1 ? "even" : "grid", x(scale, tick), y + BAND, x(scale, tick), y + ROW);
      }
      for (Mark mark : row.marks()) {
        String style = mark.ratio() <= 1 ? "mark better" : "mark worse";
        svg.dot(style, x(scale, mark.ratio()), y + DOTS, mark.tip());
      }
      y += ROW;
    }
    return svg.toString();
  }

  private static String shortened(String title) {
    return title.length() <= MOST_LETTERS ? title : title.substring(0, MOST_LETTERS - 1) + "…";
  }

  private static double x(Scale scale, double ratio) {
    return LEFT + scale.at(ratio) * (RIGHT - LEFT);
  }
}
