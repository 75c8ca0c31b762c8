package io.github.rseq4j.benchmarks;

import io.github.rseq4j.benchmarks.report.Role;
import io.github.rseq4j.benchmarks.report.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How long a JVM takes from its start to its end, by what it does first. */
final class StartupHeats {
  private static final String GROUP = "startup";
  private static final Duration EACH = Duration.ofMillis(250);

  private StartupHeats() {}

  /**
   * Returns all.
   *
   * @param folder where caches may be left
   */
  static List<Heat> all(Pace pace, Path folder) {
    return List.of(
        heat("a JVM from its start to its end", pace, act -> run(act, List.of())),
        heat(
            "the same with an AOT cache, -XX:AOTCache",
            pace,
            act -> run(act, List.of("-XX:AOTCache=" + cache(act, folder)))));
  }

  /** Runs a JVM that does one thing. */
  private interface Runner {
    Sample run(StartupProgram.Act act) throws IOException, InterruptedException;
  }

  private static Heat heat(String operation, Pace pace, Runner runner) {
    return new Heat(
        new Subject(GROUP, operation, "ms", ""),
        "1",
        pace.starts(),
        EACH,
        Arrays.stream(StartupProgram.Act.values())
            .map(act -> new Contestant(act.label(), role(act), () -> runner.run(act)))
            .toList());
  }

  private static Role role(StartupProgram.Act act) {
    return switch (act) {
      case NOTHING -> Role.NOTHING;
      case CRITICAL_CALL, LONG_ADDER -> Role.RIVAL;
      case PER_CPU_LONG_ADDER -> Role.OURS;
    };
  }

  private static Sample run(StartupProgram.Act act, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = ChildProcess.java(options, StartupProgram.class, act.name());
    long start = System.nanoTime();
    ChildProcess.run(command);
    long nanos = System.nanoTime() - start;
    return new Sample(List.of((double) nanos / TimeUnit.MILLISECONDS.toNanos(1)));
  }

  /** Returns the cache of a JVM that has done the same before, as the JDK recommends. */
  private static Path cache(StartupProgram.Act act, Path folder)
      throws IOException, InterruptedException {
    Path cache = folder.resolve(act.name() + ".aot");
    if (!Files.exists(cache)) {
      run(act, List.of("-XX:AOTCacheOutput=" + cache));
      if (!Files.exists(cache)) {
        throw new IOException("the JDK has made no AOT cache");
      }
      run(act, List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=on")); // fails unless it can be used
    }
    return cache;
  }
}
