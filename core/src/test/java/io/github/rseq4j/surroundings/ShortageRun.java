package io.github.rseq4j.surroundings;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Isa;
import io.github.rseq4j.PerCpuRegion;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.percpu.PerCpuCounters;
import io.github.rseq4j.percpu.PerCpuRingBuffer;
import java.io.IOException;
import java.util.List;

/**
 * Uses the library while whoever has started this process keeps something short, and again when
 * that is over; prints how it went.
 */
final class ShortageRun {
  /** The library is used before the shortage too. */
  static final String DETECTED = "detected";

  /** What takes much memory. */
  static final String RING = "ring";

  static final String COUNTERS = "counters";

  static final String REGION = "region";

  /** Printed before the shortage has to begin. */
  static final String READY = "ready=true";

  /** Printed when it may end. */
  static final String SEEN = "seen=true";

  /** More than the process has left in the shortage, for each CPU. */
  private static final int LARGE = 1 << 28;

  private ShortageRun() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    // Loads a class, so that the library's archive is open, as it is in an application.
    System.out.println("isa=" + Isa.BYTECODE);
    if (List.of(arguments).contains(DETECTED)) {
      Rseq.availability();
    }
    await(READY);
    Workload workload = new Workload();
    workload.run();
    workload.close();
    System.out.println("mistakes=" + workload.mistakes());
    List<String> wanted = List.of(arguments);
    System.out.println("short=" + failure(wanted));
    await(SEEN);
    System.out.println("again=" + failure(wanted));
    Workload another = new Workload();
    another.run();
    another.close();
    System.out.println("mistakes_again=" + another.mistakes());
    Availability availability = Rseq.availability();
    System.out.println("active=" + availability.active());
    System.out.println("missing=" + availability.missing());
    System.out.println("reason=" + availability.reason());
  }

  private static void await(String line) throws IOException {
    System.out.println(line);
    if (System.in.read() < 0) {
      throw new IOException("nobody keeps anything short");
    }
  }

  /** Makes what takes much memory, if it is wanted, and returns what kept that from it. */
  private static String failure(List<String> wanted) {
    StringBuilder failures = new StringBuilder();
    for (String each : wanted) {
      try {
        switch (each) {
          case RING -> new PerCpuRingBuffer(LARGE);
          case COUNTERS -> new PerCpuCounters(LARGE / Long.BYTES);
          case REGION -> PerCpuRegion.allocate(LARGE);
          default -> {}
        }
      } catch (OutOfMemoryError e) {
        failures.append(each).append(": ").append(e.getMessage()).append("; ");
      }
    }
    return failures.toString();
  }
}
