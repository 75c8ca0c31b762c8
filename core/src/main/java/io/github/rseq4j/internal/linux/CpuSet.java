package io.github.rseq4j.internal.linux;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A set of CPU numbers, written as the kernel writes it: {@code 0-3,8,10-11}.
 *
 * @param ids the numbers, each below {@value #MAX_BOUND}
 */
public record CpuSet(BitSet ids) {
  /** No number may be as high as this: eight times what any kernel can be configured for. */
  static final int MAX_BOUND = 1 << 16;

  /** The most CPUs that a mainline kernel can be configured for (CONFIG_NR_CPUS, on x86-64). */
  private static final int MAX_CONFIGURED = 8192;

  private static final Path SYSTEM_CPUS = Path.of("/sys/devices/system/cpu");
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");

  /**
   * Copies the numbers.
   *
   * @throws IllegalArgumentException if one is too high
   */
  public CpuSet {
    ids = (BitSet) ids.clone();
    if (ids.length() > MAX_BOUND) {
      throw new IllegalArgumentException(
          "CPU %d is not below %d".formatted(ids.length() - 1, MAX_BOUND));
    }
  }

  /**
   * The set of the given numbers.
   *
   * @throws IllegalArgumentException if one is negative or too high
   */
  public static CpuSet of(int... cpus) {
    var ids = new BitSet();
    for (int cpu : cpus) {
      if (cpu < 0) {
        throw new IllegalArgumentException("CPU %d is negative".formatted(cpu));
      }
      ids.set(cpu);
    }
    return new CpuSet(ids);
  }

  /** The set {@code 0} to {@code bound - 1}. */
  private static CpuSet below(int bound) {
    var ids = new BitSet();
    ids.set(0, bound);
    return new CpuSet(ids);
  }

  /**
   * Reads the kernel's notation; white space around numbers is let pass, as is an empty list.
   *
   * @throws IllegalArgumentException if {@code list} is not in that notation, has a descending
   *     range, or a number that is too high
   */
  public static CpuSet parse(String list) {
    var ids = new BitSet();
    if (list.isBlank()) {
      return new CpuSet(ids);
    }
    for (String part : list.split(",", -1)) {
      var range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        throw new IllegalArgumentException(
            "CPU list \"%s\": \"%s\" is neither a number nor a range".formatted(list, part));
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (first > last || last >= MAX_BOUND) {
        throw new IllegalArgumentException(
            "CPU list \"%s\": \"%s\" is not ascending and below %d"
                .formatted(list, part, MAX_BOUND));
      }
      ids.set(first, last + 1);
    }
    return new CpuSet(ids);
  }

  /**
   * The CPUs that can ever come online while this kernel runs: what per-CPU memory is sized by.
   *
   * <p>Without {@code /sys} it is a set that contains them, every number below a bound: the width
   * of the affinity mask in {@code /proc/self/status}, which the kernel prints at its full possible
   * length, or else the most CPUs that any kernel can have. On another system than Linux, where
   * nothing is indexed by CPU number, it is as many as the JVM may use.
   */
  public static CpuSet possible() {
    return possible(SYSTEM_CPUS, STATUS);
  }

  static CpuSet possible(Path systemCpus, Path status) {
    return read(systemCpus.resolve("possible"))
        .or(() -> ProcFile.field(status, "Cpus_allowed").map(CpuSet::possibleByMask))
        .orElseGet(
            () ->
                System.getProperty("os.name", "").equals("Linux")
                    ? below(MAX_CONFIGURED)
                    : below(Runtime.getRuntime().availableProcessors()));
  }

  /** From {@code ff,ffffffff}: four CPUs a digit, whatever the digits, at least one CPU. */
  private static CpuSet possibleByMask(String mask) {
    int digits = Math.clamp(mask.replace(",", "").length(), 1, MAX_BOUND / 4);
    return below(4 * digits);
  }

  /** The CPUs that are online now; without {@code /sys} those {@link #allowed()}. */
  public static CpuSet online() {
    return read(SYSTEM_CPUS.resolve("online")).orElseGet(CpuSet::allowed);
  }

  /**
   * The CPUs that this process may run on now, by affinity and control group: those of its first
   * thread, which the others have inherited unless they changed it, that are online. Without {@code
   * /proc}, as many from 0 as the JVM may use.
   */
  public static CpuSet allowed() {
    return ProcFile.field(STATUS, "Cpus_allowed_list")
        .flatMap(CpuSet::tryParse)
        .map(CpuSet::withoutOffline)
        .orElseGet(() -> below(Runtime.getRuntime().availableProcessors()));
  }

  /** The kernel lists as allowed also those that are not there, as with {@code maxcpus=}. */
  private CpuSet withoutOffline() {
    BitSet both = ids();
    read(SYSTEM_CPUS.resolve("online")).ifPresent(online -> both.and(online.ids));
    return both.isEmpty() ? this : new CpuSet(both);
  }

  private static Optional<CpuSet> read(Path file) {
    return ProcFile.read(file).flatMap(CpuSet::tryParse);
  }

  /** An unreadable list counts like an unreadable file, and so does one without any CPU. */
  private static Optional<CpuSet> tryParse(String list) {
    try {
      return Optional.of(parse(list)).filter(cpus -> cpus.count() > 0);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** The numbers, as a copy. */
  @Override
  public BitSet ids() {
    return (BitSet) ids.clone();
  }

  /** One more than the highest number; 0 for the empty set. */
  public int bound() {
    return ids.length();
  }

  /** How many CPUs there are in the set. */
  public int count() {
    return ids.cardinality();
  }

  /** Whether {@code cpu} is in the set; a negative number is in none. */
  public boolean contains(int cpu) {
    return cpu >= 0 && ids.get(cpu);
  }

  /** The kernel's notation, which {@link #parse} reads. */
  @Override
  public String toString() {
    return ids.stream()
        .filter(first -> !contains(first - 1))
        .mapToObj(
            first -> {
              int last = ids.nextClearBit(first) - 1;
              return first == last ? "" + first : first + "-" + last;
            })
        .collect(Collectors.joining(","));
  }
}
