package io.github.rseq4j;

import io.github.rseq4j.percpu.PerCpuLongAdder;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** Adds to its first counter, and prints what came out, what is active and, if told, self-tests. */
final class FirstAddRun {
  static final String SELF_TEST = "self_test";

  private FirstAddRun() {}

  public static void main(String[] arguments) {
    PerCpuLongAdder adder = new PerCpuLongAdder();
    adder.add(41);
    adder.increment();
    say("sum", adder.sum());
    Availability found = Rseq.availability();
    say("active", found.active());
    List<Object> more =
        List.of(
            found.backend(),
            found.calls(),
            found.reason(),
            found.registeredBy(),
            new TreeSet<>(found.indexKinds()), // whose own order is another in each JVM
            found.features(),
            found.area(),
            found.cpus(),
            found.membarrier(),
            found.missing());
    say("more", more);
    if (Arrays.asList(arguments).contains(SELF_TEST)) {
      say(SELF_TEST, Rseq.selfTest());
    }
  }

  private static void say(String key, Object value) {
    System.out.println(key + "=" + value);
  }
}
