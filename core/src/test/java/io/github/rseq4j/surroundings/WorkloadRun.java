package io.github.rseq4j.surroundings;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.SelfTest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Does the {@link Workload} as its arguments say, and prints whether everything was exact. */
final class WorkloadRun {
  /** Before an argument that is a {@link Denial}: it comes before the library is used. */
  static final String AT_FIRST = "at_first:";

  /** It comes when the library has detected what there is, and nothing else. */
  static final String DETECTED = "detected:";

  /** It comes after half of the work. */
  static final String HALFWAY = "halfway:";

  /** Prints {@link #READY}, and works until there is input. */
  static final String DISTURBED = "disturbed";

  /** Runs under the signals of {@link Profiling}. */
  static final String PROFILED = "profiled";

  static final String SELF_TEST = "self_test";

  static final String READY = "ready=true";

  private final List<String> arguments;

  /** Done by the main thread, on which the library is used for the first time. */
  private final CompletableFuture<Void> detected = new CompletableFuture<>();

  private WorkloadRun(List<String> arguments) {
    this.arguments = arguments;
  }

  public static void main(String[] arguments) {
    new WorkloadRun(List.of(arguments)).run();
  }

  private void run() {
    // The thread that starts all others has not used the library, so that it is not registered
    // where the library has to do that: glibc ends the process if a new thread cannot be
    // registered while the one that starts it is.
    CompletableFuture<Void> work =
        CompletableFuture.runAsync(this::work, task -> Thread.ofPlatform().start(task));
    install(AT_FIRST);
    Rseq.availability();
    install(DETECTED);
    detected.complete(null);
    work.join();
  }

  private void work() {
    detected.join();
    try {
      Workload workload = new Workload();
      workload.run();
      install(HALFWAY);
      if (arguments.contains(PROFILED)) {
        Profiling.start();
      }
      if (arguments.contains(DISTURBED)) {
        System.out.println(READY);
        while (System.in.available() == 0) {
          workload.run();
        }
      }
      workload.run();
      report(workload);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void install(String when) {
    arguments.stream()
        .filter(argument -> argument.startsWith(when))
        .map(argument -> Denial.parse(argument.substring(when.length())))
        .forEach(Denial::install);
  }

  private void report(Workload workload) {
    say("without_index", workload.withoutIndex());
    try {
      workload.close();
      say("closed", "");
    } catch (IllegalStateException e) {
      say("closed", String.valueOf(e.getMessage()));
    }
    say("mistakes", workload.mistakes());
    if (arguments.contains(SELF_TEST)) {
      SelfTest test = Rseq.selfTest();
      say("migration", test.migration().outcome() + " " + test.migration().reason());
      say("preemption", test.preemption().outcome() + " " + test.preemption().reason());
      say("signal", test.signal().outcome() + " " + test.signal().reason());
    }
    Availability availability = Rseq.availability();
    say("restarts", Rseq.restarts());
    say("active", availability.active());
    say("backend", availability.backend());
    say("registered_by", availability.registeredBy());
    say("native_access", availability.nativeAccess());
    say("missing", availability.missing());
    say("reason", availability.reason());
  }

  private static void say(String key, Object value) {
    System.out.println(key + "=" + value);
  }
}
