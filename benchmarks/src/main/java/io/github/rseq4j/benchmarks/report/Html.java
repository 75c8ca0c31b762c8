package io.github.rseq4j.benchmarks.report;

/** Text in a page. */
final class Html {
  private Html() {}

  /** Returns a text so that it is shown as it is. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
