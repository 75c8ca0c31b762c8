package io.github.rseq4j.internal.linux;

import java.nio.file.Path;
import java.util.Optional;

/** The version of the running kernel, for people: distributions port fixes back without showing. */
public final class KernelVersion {
  private static final Path OSRELEASE = Path.of("/proc/sys/kernel/osrelease");

  private KernelVersion() {}

  /**
   * The release as {@code uname -r} prints it, such as {@code 6.18.1-amd64}.
   *
   * @return empty if {@code /proc} cannot be read
   */
  public static Optional<String> release() {
    return ProcFile.read(OSRELEASE);
  }
}
