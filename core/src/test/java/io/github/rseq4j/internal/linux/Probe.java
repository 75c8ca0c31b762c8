package io.github.rseq4j.internal.linux;

import io.github.rseq4j.ChildJvm;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** What this package finds in a JVM of its own, which has to be started differently. */
final class Probe {
  /** The operation of prctl(2) that refuses this process further executable pages. */
  private static final long PR_SET_MDWE = 65;

  private Probe() {}

  /** What the other JVM printed: the answers of this package, and {@code stderr}. */
  static Properties run(Map<String, String> environment, List<String> flags, String... arguments)
      throws IOException, InterruptedException, URISyntaxException {
    return ChildJvm.run(Probe.class, environment, flags, arguments);
  }

  /**
   * Prints the answers. With the argument {@code mdwe} the process may not gain executable pages.
   */
  public static void main(String[] arguments) {
    say("unavailable", Libc.unavailable().orElse(""));
    if (List.of(arguments).contains("mdwe")) {
      say("prctl", Libc.syscall(prctl(), PR_SET_MDWE, 1, 0, 0, 0));
    }
    say("version", Libc.version().orElse(""));
    say("page_size", Libc.pageSize());
    say("cpu", Libc.schedGetcpu());
    say("tid", Threads.gettid());
    say("libc_rseq", LibcRseq.find().map(LibcRseq::toString).orElse(""));
    say("kernel_rseq", KernelRseq.find());
    say("membarrier", Membarrier.support().reason());
    say("possible", CpuSet.possible());
    try {
      var _ = Mapping.reserve(1);
      say("mapping", "");
    } catch (UnsupportedOperationException e) {
      say("mapping", String.valueOf(e.getMessage()));
    }
    try {
      var _ = new CodeSpace().install(1, (_, _, _) -> {});
      say("code", "");
    } catch (CodeSpaceException e) {
      say("code", e.errno() + " " + e.getMessage());
    }
    if (!List.of(arguments).contains("quiet")) {
      say("access", Libc.nativeAccess());
    }
  }

  /** The number of prctl(2). */
  private static long prctl() {
    return switch (Arch.current().orElseThrow()) {
      case X86_64 -> 157;
      case AARCH64, RISCV64 -> 167;
    };
  }

  private static void say(String key, Object value) {
    System.out.println(key + "=" + value);
  }
}
