package io.github.rseq4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Shows how far a long piece of work is: in one line that is written over on a terminal, in a few
 * plain lines elsewhere.
 */
final class Progress {
  private static final long TERMINAL_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long PLAIN_INTERVAL = TimeUnit.SECONDS.toNanos(2);

  private static final int STANDARD_ERROR = 2;
  private static final int PERCENT = 100;

  private final PrintWriter out;
  private final String prefix;
  private final int steps;
  private final boolean terminal = isTerminal();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong nextPrint = new AtomicLong();
  private volatile String step = "";
  private volatile long total;
  private int stepNumber;
  private int width;

  /**
   * Makes one that shows nothing yet.
   *
   * @param out where to, standard error in the end
   * @param prefix the beginning of each line
   * @param steps how many steps there will be
   */
  Progress(PrintWriter out, String prefix, int steps) {
    this.out = out;
    this.prefix = prefix;
    this.steps = steps;
  }

  /** Begins the next step, in which there are {@code total} bytes to be worked on. */
  void begin(String name, long total) {
    stepNumber++;
    this.total = total;
    done.set(0);
    step = "%s %d of %d: %s".formatted(prefix, stepNumber, steps, name);
    print(step);
    nextPrint.set(System.nanoTime() + interval());
  }

  /** Notes that some bytes are done; any thread may. */
  void advance(long bytes) {
    long sum = done.addAndGet(bytes);
    long now = System.nanoTime();
    long due = nextPrint.get();
    if (now - due >= 0 && nextPrint.compareAndSet(due, now + interval())) {
      print("%s, %d%%".formatted(step, sum * PERCENT / total));
    }
  }

  /** Removes the line from a terminal. */
  void end() {
    if (terminal) {
      print("");
      out.print('\r');
      out.flush();
    }
  }

  private synchronized void print(String line) {
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    } else {
      out.println(line);
    }
    out.flush();
  }

  private long interval() {
    return terminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL;
  }

  /** Returns whether standard error is a terminal, which Java tells of the other two only. */
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + STANDARD_ERROR)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
