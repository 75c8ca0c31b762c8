package io.github.rseq4j.internal.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Small text files of {@code /proc} and {@code /sys}. */
final class ProcFile {
  private ProcFile() {}

  /** The text of a file without white space at its ends; empty if it cannot be read. */
  static Optional<String> read(Path file) {
    try {
      // Not UTF-8: a process's name in /proc/self/status may be any bytes.
      return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1).strip());
    } catch (IOException | SecurityException _) {
      return Optional.empty();
    }
  }

  /** The value of the line {@code name: value}; empty if the file or the line is not there. */
  static Optional<String> field(Path file, String name) {
    return read(file)
        .flatMap(text -> text.lines().filter(line -> line.startsWith(name + ":")).findFirst())
        .map(line -> line.substring(name.length() + 1).strip());
  }
}
