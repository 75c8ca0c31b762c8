package io.github.rseq4j.benchmarks;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Rseq;
import java.util.Locale;

/** What the figures are made on. */
final class Environment {
  private Environment() {}

  /**
   * Throws unless rseq is active or the system property {@code rseq4j.backend} says otherwise, so
   * that nobody takes the fallback's figures for rseq's.
   *
   * @throws IllegalStateException if so, with what to change
   */
  static void check() {
    Availability found = Rseq.availability();
    if (!found.active() && System.getProperty("rseq4j.backend") == null) {
      throw new IllegalStateException(
          "rseq is not active: %s. To measure what runs then, set JDK_JAVA_OPTIONS=-Drseq4j.backend=%s"
              .formatted(found.reason(), found.backend()));
    }
  }

  /** Returns some lines that say it, in the form in which JMH says the like. */
  static String describe() {
    Availability found = Rseq.availability();
    return """
        # rseq4j: backend %s%s, threads registered by %s
        # System: %s, %s; CPUs possible %s, online %s, allowed %s
        # JDK: %s, %s
        """
        .formatted(
            found.backend(),
            found.index().map(kind -> ", index " + kind).orElse(""),
            found.registeredBy().name().toLowerCase(Locale.ROOT),
            found.kernel(),
            found.libc(),
            found.cpus().possible(),
            found.cpus().online(),
            found.cpus().allowed(),
            System.getProperty("java.vendor.version"),
            System.getProperty("java.vm.name"));
  }
}
