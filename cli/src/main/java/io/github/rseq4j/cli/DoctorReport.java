package io.github.rseq4j.cli;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Availability.Area;
import io.github.rseq4j.Availability.Missing;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.SelfTest;
import io.github.rseq4j.SelfTest.Check;
import io.github.rseq4j.sequence.IndexKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code doctor} has found out.
 *
 * @param availability what is active, and why
 * @param selfTest whether the kernel aborts sequences
 * @param live what the live check has shown
 * @param restarts how many sequences the kernel has aborted in this process
 */
record DoctorReport(
    Availability availability, SelfTest selfTest, LiveCheck.Result live, long restarts) {
  private static final int EXACT_AND_ACTIVE = 0;
  private static final int NOT_TO_BE_TRUSTED = 1;
  private static final int ON_FALLBACK = 2;

  /** Returns the exit code of the process. */
  int exitCode() {
    if (!live.exact() || selfTest.failed()) {
      return NOT_TO_BE_TRUSTED;
    }
    return availability.active() ? EXACT_AND_ACTIVE : ON_FALLBACK;
  }

  /** Returns the judgement, in one line. */
  String verdict() {
    if (selfTest.failed()) {
      return "NOT ABORTED: this kernel does not abort every sequence that it has to, so sequences must"
          + " not be trusted here; start java with -Drseq4j.backend=fallback";
    }
    if (!live.exact()) {
      return "NOT EXACT: do not rely on rseq4j here, and please report this output";
    }
    return availability.active()
        ? "active: sequences run as %s machine code; %slive check exact"
            .formatted(availability.backend(), selfTest.passed() ? "self-test passed, " : "")
        : "fallback: the live check was exact, but sequences run under locks, slowly";
  }

  /** Returns everything for programs, by names in snake_case. */
  Map<String, @Nullable Object> toMap() {
    Optional<Area> area = availability.area();
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("active", availability.active());
    map.put("backend", availability.backend());
    map.put("calls", availability.calls());
    map.put("reason", availability.reason());
    map.put("registered_by", lowerCase(availability.registeredBy()));
    map.put("index", availability.index().map(IndexKind::toString).orElse(null));
    map.put("index_kinds", indexKinds());
    map.put("features", availability.features());
    map.put("feature_size", area.map(Area::featureSize).orElse(null));
    map.put("area_own", area.map(Area::own).orElse(null));
    map.put("area_size", area.map(Area::size).orElse(null));
    map.put("area_offset", area.map(Area::offset).orElse(null));
    map.put("area_extended", area.map(Area::extended).orElse(null));
    map.put("area_alignment", area.map(Area::alignment).orElse(null));
    map.put("kernel", availability.kernel());
    map.put("libc", availability.libc());
    map.put("possible_cpus", availability.cpus().possible());
    map.put("online_cpus", availability.cpus().online());
    map.put("allowed_cpus", availability.cpus().allowed());
    map.put("membarrier", availability.membarrier());
    map.put("native_access", availability.nativeAccess());
    map.put("missing", availability.missing().stream().map(DoctorReport::toMap).toList());
    map.put("self_test", selfTestMap());
    map.put("restarts", restarts);
    map.put("live_check", liveMap());
    map.put("java", Runtime.version().toString());
    map.put("rseq4j", Version.ofRseq4j());
    map.put("verdict", verdict());
    return map;
  }

  /** Returns everything for people. */
  @Override
  public String toString() {
    Rows rows = new Rows();
    rows.add("rseq4j", "%s on Java %s".formatted(Version.ofRseq4j(), Runtime.version()));
    rows.add("kernel", availability.kernel());
    rows.add("C library", availability.libc());
    rows.add("native access", nativeAccess());
    rows.add("registration", registration());
    rows.add("rseq area", availability.area().map(DoctorReport::describe).orElse("none"));
    rows.add("fields in use", orNone(availability.features()));
    rows.add("index", index());
    rows.add("possible CPUs", availability.cpus().possible());
    rows.add("online CPUs", availability.cpus().online());
    rows.add("allowed CPUs", availability.cpus().allowed());
    rows.add("membarrier", orNone(membarrierFences()));
    rows.add("backend", backend());
    for (Missing missing : availability.missing()) {
      rows.add("missing", "%s: %s".formatted(missing.feature(), missing.reason()));
      rows.add("  remedy", missing.remedy());
    }
    addSelfTest(rows);
    addLiveCheck(rows);
    rows.add("restarts", restartsText());
    rows.add("verdict", verdict());
    return rows.toString();
  }

  private String backend() {
    return switch (availability.calls()) {
      case "ffm" -> availability.backend() + ", called by the foreign function interface";
      case "jvmci" -> availability.backend() + ", called as Java methods, by JVMCI";
      default -> availability.backend();
    };
  }

  private String registration() {
    return switch (availability.registeredBy()) {
      case LIBC -> "by the C library, each thread as it starts; " + mode();
      case RSEQ4J -> "by rseq4j, each thread as it first needs it; " + mode();
      case NOBODY -> "none";
    };
  }

  private String mode() {
    return availability.area().filter(Area::extended).isPresent()
        ? "extended mode"
        : "original mode";
  }

  private static String describe(Area area) {
    return "%d bytes in use (%s), at thread pointer %+d%s"
        .formatted(
            area.featureSize(),
            area.own()
                ? "rseq4j's own, as the C library has none"
                : "the C library says " + area.size(),
            area.offset(),
            area.alignment() == 0 ? "" : ", aligned to " + area.alignment());
  }

  private String index() {
    return availability
        .index()
        .map(used -> "%s (of %s)".formatted(used, String.join(", ", indexKinds())))
        .orElse("none");
  }

  private List<String> indexKinds() {
    return availability.indexKinds().stream().map(IndexKind::toString).sorted().toList();
  }

  /** Leaves out the commands that only announce the others. */
  private List<String> membarrierFences() {
    return availability.membarrier().stream()
        .filter(name -> !name.startsWith("REGISTER_") && !name.startsWith("GET_"))
        .toList();
  }

  private String nativeAccess() {
    return availability.nativeAccess().equals("warned")
        ? "warned, and refused by a later Java: give it --enable-native-access="
            + Rseq.class.getModule().getName()
        : availability.nativeAccess();
  }

  private String restartsText() {
    return availability.active() && restarts == 0
        ? "0 seen: by chance, no thread was interrupted within a sequence"
        : Figures.grouped(restarts) + " seen";
  }

  private void addSelfTest(Rows rows) {
    rows.add("self-test", "a thread is disturbed within a sequence, which has to be aborted");
    rows.add("  migration", describe(selfTest.migration()));
    rows.add("  preemption", describe(selfTest.preemption()));
    rows.add("  signal", describe(selfTest.signal()));
  }

  private static String describe(Check check) {
    return switch (check.outcome()) {
      case PASSED -> "passed";
      case FAILED -> "FAILED: " + check.reason();
      case NOT_RUN -> "not run: " + check.reason();
    };
  }

  private Map<String, Object> selfTestMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("migration", toMap(selfTest.migration()));
    map.put("preemption", toMap(selfTest.preemption()));
    map.put("signal", toMap(selfTest.signal()));
    return map;
  }

  private static Map<String, String> toMap(Check check) {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("outcome", lowerCase(check.outcome()));
    map.put("reason", check.reason());
    return map;
  }

  private void addLiveCheck(Rows rows) {
    rows.add(
        "live check",
        "%s, with %d platform threads and then %2$d virtual threads"
            .formatted(live.exact() ? "exact" : "NOT EXACT", live.threads()));
    rows.add(
        "  counters",
        Figures.grouped(live.rounds()) + " additions to a PerCpuLongAdder, and to PerCpuCounters");
    rows.add(
        "  ring buffer",
        "%s records read, %s discarded because the ring was full"
            .formatted(
                Figures.grouped(live.rounds() - live.discarded()),
                Figures.grouped(live.discarded())));
    for (String difference : live.differences()) {
      rows.add("  NOT EXACT", difference);
    }
  }

  private Map<String, Object> liveMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("exact", live.exact());
    map.put("platform_threads", live.threads());
    map.put("virtual_threads", live.threads());
    map.put("additions", live.rounds());
    map.put("records", live.rounds() - live.discarded());
    map.put("discarded_records", live.discarded());
    map.put("restarts", live.restarts());
    map.put("differences", live.differences());
    return map;
  }

  private static Map<String, String> toMap(Missing missing) {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("feature", missing.feature());
    map.put("reason", missing.reason());
    map.put("remedy", missing.remedy());
    return map;
  }

  private static String orNone(List<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
