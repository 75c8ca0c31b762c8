package io.github.rseq4j.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The table of ratios, ours / rival, as text: a part for each comparison, with a column for each
 * value on the axis; first what ours took, then the ratio to each rival.
 */
public final class RatioTable {
  /** What its figures are. */
  static final String LEGEND =
      "ours / rival, less than 1 where ours is faster or smaller: the median, and in brackets between"
          + " what eight in ten are, of the ratios of each value of ours to each of the rival's from"
          + " the same round";

  private static final String NOTHING = "-";

  /** A comparison: its title, and its rows, of which the first holds the headings. */
  private record Part(String title, List<List<String>> rows) {
    static Part of(Comparison comparison) {
      Subject subject = comparison.subject();
      List<String> axis = comparison.axis();
      List<List<String>> rows = new ArrayList<>();
      rows.add(row(subject.axis(), subject.axis().isEmpty() ? List.of("") : axis));
      for (Series ours : comparison.ours()) {
        rows.add(
            row(
                "%s, %s".formatted(ours.contender(), subject.unit()),
                axis.stream()
                    .map(x -> ours.at(x).map(point -> point.summary().toString()).orElse(NOTHING))
                    .toList()));
        for (Series rival : comparison.rivals()) {
          rows.add(
              row(
                  "/ " + rival.contender(),
                  axis.stream().map(x -> ratio(ours, rival, x)).toList()));
        }
      }
      return new Part(subject.title(), rows);
    }

    private static List<String> row(String label, List<String> cells) {
      return Stream.concat(Stream.of(label), cells.stream()).toList();
    }

    private static String ratio(Series ours, Series rival, String x) {
      return ours.at(x)
          .flatMap(point -> rival.at(x).map(point::ratioTo))
          .map(Summary::toString)
          .orElse(NOTHING);
    }
  }

  private final List<Part> parts;

  /** Makes that of all comparisons in which something of this library was measured. */
  public RatioTable(Results results) {
    parts =
        results.comparisons().stream()
            .filter(each -> !each.ours().isEmpty())
            .map(Part::of)
            .toList();
  }

  /** Returns it for a terminal. */
  @Override
  public String toString() {
    int columns = parts.stream().mapToInt(part -> part.rows().getFirst().size()).max().orElse(0);
    int[] widths = new int[columns];
    for (Part part : parts) {
      for (List<String> row : part.rows()) {
        for (int i = 0; i < row.size(); i++) {
          widths[i] = Math.max(widths[i], row.get(i).length());
        }
      }
    }
    return parts.stream()
        .map(
            part ->
                part.title()
                    + "\n"
                    + part.rows().stream()
                        .filter(row -> !row.stream().allMatch(String::isEmpty))
                        .map(row -> "  " + aligned(row, widths) + "\n")
                        .collect(Collectors.joining()))
        .collect(Collectors.joining("\n", LEGEND + "\n\n", ""));
  }

  private static String aligned(List<String> row, int[] widths) {
    return IntStream.range(0, row.size())
        .mapToObj(
            i -> {
              String space = " ".repeat(widths[i] - row.get(i).length());
              return i == 0 ? row.get(i) + space : space + row.get(i);
            })
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }

  /** Returns it in Markdown. */
  public String markdown() {
    return parts.stream()
        .map(part -> "**%s**\n\n%s".formatted(part.title(), markdown(part.rows())))
        .collect(Collectors.joining("\n", LEGEND + ".\n\n", ""));
  }

  private static String markdown(List<List<String>> rows) {
    List<String> lines = new ArrayList<>(rows.stream().map(RatioTable::markdownRow).toList());
    lines.add(1, "|---|" + "--:|".repeat(rows.getFirst().size() - 1));
    return String.join("\n", lines) + "\n";
  }

  private static String markdownRow(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }
}
