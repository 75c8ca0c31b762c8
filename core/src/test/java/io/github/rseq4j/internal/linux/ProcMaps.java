package io.github.rseq4j.internal.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The mappings of this process, from {@code /proc/self/maps}. */
final class ProcMaps {
  private static final Pattern LINE = Pattern.compile("(\\w+)-(\\w+) (\\S+) ");

  private ProcMaps() {}

  /** The permissions at an address, such as {@code rw-p}; empty if nothing is mapped there. */
  static Optional<String> permissions(long address) {
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines
          .map(LINE::matcher)
          .filter(Matcher::lookingAt)
          .filter(
              line ->
                  Long.compareUnsigned(number(line.group(1)), address) <= 0
                      && Long.compareUnsigned(address, number(line.group(2))) < 0)
          .map(line -> line.group(3))
          .findFirst();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long number(String hexadecimal) {
    return Long.parseUnsignedLong(hexadecimal, 16);
  }
}
