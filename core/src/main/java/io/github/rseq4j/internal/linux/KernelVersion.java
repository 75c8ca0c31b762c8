package io.github.rseq4j.internal.linux;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The version of the running kernel, for people, and to suspect a kernel: distributions port fixes
 * back without showing.
 */
public final class KernelVersion {
  private static final Path OSRELEASE = Path.of("/proc/sys/kernel/osrelease");

  private static final Pattern MAJOR_MINOR = Pattern.compile("([0-9]{1,6})\\.([0-9]{1,6}).*");

  private KernelVersion() {}

  /**
   * The release as {@code uname -r} prints it, such as {@code 6.18.1-amd64}.
   *
   * @return empty if {@code /proc} cannot be read
   */
  public static Optional<String> release() {
    return ProcFile.read(OSRELEASE);
  }

  /**
   * Returns whether a release is of a version or a later one; a text that is no release counts as
   * later.
   *
   * @param release as {@link #release()} returns it
   */
  public static boolean isAtLeast(String release, int major, int minor) {
    var version = MAJOR_MINOR.matcher(release);
    if (!version.matches()) {
      return true;
    }
    int itsMajor = Integer.parseInt(version.group(1));
    int itsMinor = Integer.parseInt(version.group(2));
    return itsMajor == major ? itsMinor >= minor : itsMajor > major;
  }
}
