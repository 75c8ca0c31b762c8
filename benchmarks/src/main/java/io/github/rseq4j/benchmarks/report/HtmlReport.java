package io.github.rseq4j.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The report as one page, which needs nothing beside itself: no network and no script. */
public final class HtmlReport {
  private static final double LESS = 1;

  private HtmlReport() {}

  /** Returns the page. */
  public static String of(Results results) {
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>rseq4j benchmarks</title>
        <style>
        %s</style>
        </head>
        <body>
        <header>
        <h1>rseq4j benchmarks</h1>
        <p>Per-CPU structures against what people use, measured in turn in one run. Less is better
        everywhere.</p>
        </header>
        <main>
        %s%s%s%s</main>
        </body>
        </html>
        """
        .formatted(styleSheet(), overview(results), groups(results), failures(results), method());
  }

  private static String styleSheet() {
    try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String overview(Results results) {
    String rows =
        results.environment().entrySet().stream()
            .map(
                each ->
                    "<tr><th scope=\"row\">%s</th><td>%s</td></tr>"
                        .formatted(Html.escape(each.getKey()), Html.escape(each.getValue())))
            .collect(Collectors.joining("\n"));
    return """
        <section class="pair">
        <div>
        <h2>At a glance</h2>
        <p>A dot is the ratio to one rival under one condition: left of the line at 1 ours is faster
        or smaller, right of it the rival is.</p>
        %s
        </div>
        <div>
        <h2>Environment</h2>
        <table class="facts">
        %s
        </table>
        </div>
        </section>
        """
        .formatted(RatioPlot.of(results.comparisons()), rows);
  }

  private static String groups(Results results) {
    return results.comparisons().stream()
        .map(each -> each.subject().group())
        .distinct()
        .map(
            group ->
                "<h2>%s</h2>\n%s"
                    .formatted(
                        Html.escape(group),
                        results.comparisons().stream()
                            .filter(each -> each.subject().group().equals(group))
                            .map(HtmlReport::comparison)
                            .collect(Collectors.joining())))
        .collect(Collectors.joining());
  }

  private static String comparison(Comparison comparison) {
    List<Style> styles = Style.of(comparison);
    String plot =
        comparison.axis().size() > 1
            ? LinePlot.of(comparison, styles)
            : BarPlot.of(comparison, styles);
    return """
        <section class="comparison">
        <h3>%s</h3>
        <div class="pair">
        <div>%s</div>
        <div class="scroll">%s</div>
        </div>
        </section>
        """
        .formatted(Html.escape(comparison.subject().operation()), plot, table(comparison, styles));
  }

  private static String table(Comparison comparison, List<Style> styles) {
    Subject subject = comparison.subject();
    String headings =
        headings(comparison).stream()
            .map(x -> "<th scope=\"col\">%s</th>".formatted(Html.escape(x)))
            .collect(Collectors.joining());
    String rows =
        styles.stream().map(style -> row(comparison, style)).collect(Collectors.joining("\n"));
    return """
        <table class="figures">
        <caption>%s%s</caption>
        <thead><tr><th scope="col" colspan="2">%s</th>%s</tr></thead>
        <tbody>
        %s
        </tbody>
        </table>
        """
        .formatted(
            Html.escape(subject.unit()),
            subject.axis().isEmpty() ? "" : " by " + Html.escape(subject.axis()),
            subject.axis().isEmpty() ? "" : Html.escape(subject.axis()),
            headings,
            rows);
  }

  private static List<String> headings(Comparison comparison) {
    return comparison.subject().axis().isEmpty() ? List.of("") : comparison.axis();
  }

  private static String row(Comparison comparison, Style style) {
    String cells =
        comparison.axis().stream()
            .map(
                x ->
                    "<td>%s</td>"
                        .formatted(
                            style
                                .series()
                                .at(x)
                                .map(point -> cell(comparison, style, point))
                                .orElse("–")))
            .collect(Collectors.joining());
    return "<tr class=\"%s\"><td class=\"number %s\">%d</td><th scope=\"row\">%s</th>%s</tr>"
        .formatted(
            style.series().role() == Role.OURS ? "our" : "rival",
            style.name(),
            style.number(),
            Html.escape(style.series().contender()),
            cells);
  }

  private static String cell(Comparison comparison, Style style, Point point) {
    Summary summary = point.summary();
    StringBuilder cell = new StringBuilder();
    cell.append(
        "<b>%s</b><small>%s</small>".formatted(Figures.of(summary.median()), summary.spread()));
    if (style.series().role() == Role.RIVAL) {
      comparison.ours().stream()
          .flatMap(ours -> ours.at(point.x()).stream())
          .findFirst()
          .map(ours -> ours.ratioTo(point))
          .ifPresent(ratio -> cell.append(ratio(ratio)));
    }
    if (!point.allocated().isEmpty()) {
      double bytes = Summary.of(point.allocated()).median();
      if (bytes >= LESS) {
        cell.append("<small>allocates %s B</small>".formatted(Figures.of(bytes)));
      }
    }
    return cell.toString();
  }

  private static String ratio(Summary ratio) {
    return "<span class=\"ratio %s\">× %s</span><small>%s</small>"
        .formatted(
            ratio.median() <= LESS ? "better" : "worse",
            Figures.of(ratio.median()),
            ratio.spread());
  }

  private static String failures(Results results) {
    if (results.failures().isEmpty()) {
      return "";
    }
    return """
        <section>
        <h2>Not measured</h2>
        <ul>
        %s
        </ul>
        </section>
        """
        .formatted(
            results.failures().stream()
                .map(each -> "<li>%s</li>".formatted(Html.escape(each)))
                .collect(Collectors.joining("\n")));
  }

  private static String method() {
    return """
        <section>
        <h2>How to read it</h2>
        <p>Figures are medians; below them, and as lines in the plots, between what eight in ten
        values are. With × is the ratio %s. What allocates less than a byte per operation is not said
        to allocate.</p>
        </section>
        """
        .formatted(Html.escape(RatioTable.LEGEND));
  }
}
