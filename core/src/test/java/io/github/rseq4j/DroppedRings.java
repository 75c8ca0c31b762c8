package io.github.rseq4j;

import io.github.rseq4j.percpu.PerCpuRingBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes, fills and drops ring buffers, and prints how much memory the process then has. */
final class DroppedRings {
  private static final int RINGS = 150;
  private static final int CAPACITY = 1 << 23;

  private DroppedRings() {}

  public static void main(String[] arguments) throws IOException {
    byte[] record = new byte[4096];
    for (int i = 0; i < RINGS; i++) {
      PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
      while (ring.write(1, record)) {
        // until it is full
      }
    }
    String resident =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    System.out.println("resident_kib=" + resident.replaceAll("[^0-9]", ""));
  }
}
