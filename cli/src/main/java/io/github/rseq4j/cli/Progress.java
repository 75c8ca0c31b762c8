package io.github.rseq4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Shows what a long piece of work is at: in one line that is written over on a terminal, in a line
 * every now and then elsewhere.
 */
final class Progress {
  private static final long PLAIN_INTERVAL = TimeUnit.SECONDS.toNanos(2);

  /** Where standard error leads to; Java tells of the other two only whether it is a terminal. */
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private final PrintWriter out;
  private final String prefix;
  private final boolean terminal = isTerminal();
  private long next = System.nanoTime();
  private int width;

  /**
   * Makes one that shows nothing yet.
   *
   * @param out where to, standard error in the end
   * @param prefix the beginning of each line
   */
  Progress(PrintWriter out, String prefix) {
    this.out = out;
    this.prefix = prefix;
  }

  /** Shows what is being done now. */
  void show(String what) {
    if (terminal) {
      overwrite(prefix + what);
    } else if (System.nanoTime() - next >= 0) {
      next = System.nanoTime() + PLAIN_INTERVAL;
      out.println(prefix + what);
      out.flush();
    }
  }

  /** Removes the line from a terminal. */
  void end() {
    if (terminal) {
      overwrite("");
      overwrite("");
    }
  }

  private void overwrite(String line) {
    out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
    out.flush();
    width = line.length();
  }

  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
