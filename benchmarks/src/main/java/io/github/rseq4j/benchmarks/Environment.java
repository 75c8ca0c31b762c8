package io.github.rseq4j.benchmarks;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Rseq;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What the figures are made on. */
final class Environment {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT);

  private final Pace pace;
  private final Instant start;
  private final String loadAtStart = load();

  /** Describes a run that begins now. */
  Environment(Pace pace, Instant start) {
    this.pace = pace;
    this.start = start;
  }

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

  /** Returns what there is to say, by label. */
  Map<String, String> facts() {
    Availability found = Rseq.availability();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "time",
        "%s, %s"
            .formatted(
                TIME.format(start.atOffset(ZoneOffset.UTC)),
                Clock.text(Duration.between(start, Instant.now()))));
    facts.put("runs", pace.toString());
    facts.put(
        "rseq",
        "backend %s%s, threads registered by %s"
            .formatted(
                found.backend(),
                found.index().map(kind -> ", index " + kind).orElse(""),
                found.registeredBy().name().toLowerCase(Locale.ROOT)));
    facts.put("processor", processor());
    facts.put(
        "CPUs",
        "possible %s, online %s, allowed %s"
            .formatted(found.cpus().possible(), found.cpus().online(), found.cpus().allowed()));
    facts.put(
        "load", "%s at the start, %s at the end; one minute's mean".formatted(loadAtStart, load()));
    facts.put("system", "%s, %s".formatted(found.kernel(), found.libc()));
    facts.put(
        "JDK",
        "%s, %s %s"
            .formatted(
                System.getProperty("java.vendor.version", Runtime.version().toString()),
                System.getProperty("java.vm.name"),
                System.getProperty("java.vm.info")));
    facts.put(
        "options", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
    facts.put("libraries", libraries());
    return facts;
  }

  /**
   * Returns the model of the processor, or its architecture where the kernel does not tell more.
   */
  private static String processor() {
    try {
      return Files.readAllLines(PROCESSORS).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  private static String load() {
    try {
      return Files.readString(LOAD).split(" ", 2)[0];
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** Returns the names of the jars on the class path, which have their versions in them. */
  private static String libraries() {
    Path folder = Path.of(System.getProperty("java.class.path")).resolveSibling("lib");
    if (!Files.isDirectory(folder)) {
      return "those of the build";
    }
    try (var jars = Files.list(folder)) {
      return jars.map(jar -> jar.getFileName().toString().replaceFirst("\\.jar$", ""))
          .sorted(String.CASE_INSENSITIVE_ORDER)
          .collect(Collectors.joining(", "));
    } catch (IOException e) {
      return "unknown: " + e;
    }
  }
}
