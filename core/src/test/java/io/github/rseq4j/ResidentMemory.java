package io.github.rseq4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process. */
public final class ResidentMemory {
  private ResidentMemory() {}

  /**
   * Returns how much of it is in RAM, by proc(5); {@code VmRSS} would be off by some pages a CPU.
   */
  public static long bytes() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/smaps_rollup")).stream()
            .filter(each -> each.startsWith("Rss:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
  }
}
