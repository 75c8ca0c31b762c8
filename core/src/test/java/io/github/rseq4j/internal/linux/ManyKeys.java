package io.github.rseq4j.internal.linux;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.percpu.PerCpuLongAdder;

/** Takes as many pthread keys as it is told, then uses rseq4j, and prints what came out. */
public final class ManyKeys {
  private static final long ADDED = 1000;

  private ManyKeys() {}

  public static void main(String[] arguments) {
    PthreadKeys keys = PthreadKeys.find().orElseThrow();
    for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
      keys.create().orElseThrow();
    }
    PerCpuLongAdder adder = new PerCpuLongAdder();
    for (int i = 0; i < ADDED; i++) {
      adder.increment();
    }
    Availability availability = Rseq.availability();
    System.out.println("active=" + availability.active());
    System.out.println("reason=" + availability.reason());
    System.out.println("exact=" + (adder.sum() == ADDED));
  }
}
