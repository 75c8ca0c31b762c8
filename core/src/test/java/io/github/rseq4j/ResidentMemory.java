package io.github.rseq4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process. */
public final class ResidentMemory {
  private static final long STEADY_BYTES = 1 << 20;
  private static final long PAUSE_MILLIS = 500;
  private static final int TRIES = 20;

  private ResidentMemory() {}

  /** Waits until the JVM has given back what earlier tests have left, and returns what it has. */
  public static long steadyBytes() throws IOException, InterruptedException {
    System.gc();
    long before;
    long now = bytes();
    int tries = 0;
    do {
      Thread.sleep(PAUSE_MILLIS);
      before = now;
      now = bytes();
      tries++;
    } while (Math.abs(now - before) > STEADY_BYTES && tries < TRIES);
    return now;
  }

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
