package io.github.rseq4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process. */
public final class ResidentMemory {
  private ResidentMemory() {}

  /** Returns how much of it is in RAM: {@code VmRSS} of proc(5). */
  public static long bytes() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(each -> each.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
  }
}
