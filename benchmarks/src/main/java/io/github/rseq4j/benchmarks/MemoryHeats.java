package io.github.rseq4j.benchmarks;

import io.github.rseq4j.benchmarks.report.Subject;
import io.github.rseq4j.internal.linux.CpuSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** How many bytes objects take, by what they hold and by the CPUs that have used them. */
final class MemoryHeats {
  private static final String GROUP = "memory";
  private static final Duration EACH = Duration.ofSeconds(1);

  private MemoryHeats() {}

  /** Returns all. */
  static List<Heat> all(Pace pace) {
    int allowed = CpuSet.allowed().ids().cardinality();
    List<Integer> cpus =
        IntStream.iterate(1, cpu -> cpu < allowed, cpu -> 2 * cpu).boxed().toList();
    List<Heat> heats = new ArrayList<>();
    for (MemoryKind.Family family : MemoryKind.Family.values()) {
      if (family == MemoryKind.Family.BANK) {
        String operation =
            "%s, after %d CPU%s used each"
                .formatted(family.description(), allowed, allowed == 1 ? " has" : "s have");
        Subject subject = new Subject(GROUP, operation, "bytes per counter", "counters");
        family
            .sizes(pace.quick())
            .forEach(size -> heats.add(heat(family, subject, grouped(size), size, allowed)));
      } else {
        Subject subject =
            new Subject(GROUP, family.description(), "bytes", "CPUs that have used it");
        if (!pace.quick()) {
          cpus.forEach(cpu -> heats.add(heat(family, subject, grouped(cpu), 1, cpu)));
        }
        heats.add(heat(family, subject, grouped(allowed), 1, allowed));
      }
    }
    return heats;
  }

  private static Heat heat(
      MemoryKind.Family family, Subject subject, String x, int size, int cpus) {
    return new Heat(
        subject,
        x,
        1,
        EACH,
        Arrays.stream(MemoryKind.values())
            .filter(kind -> kind.family() == family)
            .map(kind -> new Contestant(kind.label(), kind.role(), () -> run(kind, size, cpus)))
            .toList());
  }

  private static Sample run(MemoryKind kind, int size, int cpus) throws Exception {
    List<String> options = new ArrayList<>(MemoryProgram.OPTIONS);
    options.add("-XX:ActiveProcessorCount=" + cpus);
    int measured = kind.measuredSize(size);
    String printed =
        ChildProcess.run(
            ChildProcess.java(
                options,
                MemoryProgram.class,
                kind.name(),
                String.valueOf(measured),
                String.valueOf(cpus)));
    return new Sample(List.of(Double.parseDouble(printed) / measured));
  }

  private static String grouped(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
