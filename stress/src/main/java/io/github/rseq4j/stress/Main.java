package io.github.rseq4j.stress;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Rseq;

/**
 * Runs the jcstress tests of this module, and fails if one has an outcome that it forbids.
 *
 * <p>What is active in this JVM is what is tested: jcstress gives its options, native access among
 * them, to the JVMs that it starts. It has to be rseq, unless the system property {@code
 * rseq4j.backend} says otherwise, so that nobody tests the fallback by mistake.
 */
public final class Main {
  /** A second for each way of compiling a test; not pinned, since what is pinned cannot migrate. */
  private static final String[] QUICK = {"-m", "quick", "-af", "NONE"};

  private Main() {}

  /**
   * Runs them.
   *
   * @param args jcstress's arguments, see {@code -h}; without any, a quick run of all tests
   */
  public static void main(String... args) throws Exception {
    Availability found = Rseq.availability();
    if (!found.active() && System.getProperty("rseq4j.backend") == null) {
      System.err.printf(
          "rseq is not active: %s.%nTo test what runs then, set JDK_JAVA_OPTIONS=-Drseq4j.backend=%s.%n",
          found.reason(), found.backend());
      System.exit(2);
    }
    System.out.printf(
        "rseq4j: backend %s%s, Linux %s, %s%n%n",
        found.backend(),
        found.index().map(kind -> ", index " + kind).orElse(""),
        found.kernel(),
        found.libc());
    org.openjdk.jcstress.Main.main(args.length == 0 ? QUICK : args);
  }
}
