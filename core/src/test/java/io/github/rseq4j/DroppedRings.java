package io.github.rseq4j;

import io.github.rseq4j.percpu.PerCpuRingBuffer;
import java.io.IOException;

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
    System.out.println("resident_kib=" + (ResidentMemory.bytes() >> 10));
  }
}
