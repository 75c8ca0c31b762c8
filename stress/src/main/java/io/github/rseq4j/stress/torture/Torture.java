package io.github.rseq4j.stress.torture;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Rseq;
import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The command {@code torture}: runs every workload under every disturbance. */
public final class Torture {
  private static final String USAGE =
      """
      usage: ./rseq4j torture [--quick | --seconds N]
        runs librseq's operations in many threads that are delayed inside the sequences, moved
        between CPUs, signalled and put to sleep, and checks that nothing is lost, doubled or torn
        --seconds N   how long each configuration runs, 1 if not given; fractions are fine
        --quick       the same as --seconds 0.1
      exit codes: 0 every invariant held, 1 one did not, 2 wrong usage, or rseq is not active here
      """;

  private static final Duration USUAL = Duration.ofSeconds(1);
  static final Duration QUICK = Duration.ofMillis(100);
  private static final double MAX_SECONDS = 86_400;

  private Torture() {}

  /**
   * Runs the command.
   *
   * @param arguments its arguments
   */
  public static void main(String... arguments) throws InterruptedException {
    System.exit(run(System.out, System.err, arguments));
  }

  /** Runs the command, and returns its exit code. */
  static int run(PrintStream out, PrintStream err, String... arguments)
      throws InterruptedException {
    if (List.of(arguments).equals(List.of("--help")) || List.of(arguments).equals(List.of("-h"))) {
      out.print(USAGE);
      return 0;
    }
    Optional<Duration> each = duration(arguments);
    if (each.isEmpty()) {
      err.print(USAGE);
      return 2;
    }
    Availability found = Rseq.availability();
    if (!found.active()) {
      err.printf("rseq is not active, so there is nothing to abort: %s%n", found.reason());
      return 2;
    }
    return run(out, found, each.get()) ? 0 : 1;
  }

  private static boolean run(PrintStream out, Availability found, Duration each)
      throws InterruptedException {
    List<Row> rows = Row.all();
    int configurations = rows.stream().mapToInt(row -> row.disturbances().size()).sum();
    out.printf(
        "rseq4j: backend %s, Linux %s, %s, %d threads on CPUs %s%n",
        found.backend(), found.kernel(), found.libc(), Run.threads(), found.cpus().allowed());
    out.printf(
        Locale.ROOT,
        "%d configurations of %.1f seconds, %d seconds at least%n%n",
        configurations,
        each.toMillis() / 1e3,
        each.multipliedBy(configurations).toSeconds());
    Report report = new Report(out, isTerminal(), configurations);
    for (Row row : rows) {
      row.run(each, report);
      report.endRow(row);
    }
    return report.end();
  }

  /** Returns how long each configuration is to run, or nothing if the arguments are wrong. */
  static Optional<Duration> duration(String... arguments) {
    Duration each = USUAL;
    Iterator<String> rest = Arrays.asList(arguments).iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (argument.equals("--quick")) {
        each = QUICK;
      } else if (argument.equals("--seconds") && rest.hasNext()) {
        Optional<Duration> given = seconds(rest.next());
        if (given.isEmpty()) {
          return given;
        }
        each = given.get();
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(each);
  }

  private static Optional<Duration> seconds(String text) {
    try {
      double seconds = Double.parseDouble(text);
      return seconds > 0 && seconds <= MAX_SECONDS
          ? Optional.of(Duration.ofNanos((long) (seconds * 1e9)))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }
}
