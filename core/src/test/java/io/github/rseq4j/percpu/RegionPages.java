package io.github.rseq4j.percpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.internal.rseq.Region;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** The pages of a region that are in RAM. */
final class RegionPages {
  /** What a page has. */
  static final int BYTES = 4096;

  private static final Path HUGE = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  private RegionPages() {}

  /** Skips a test where pages may be larger. */
  static void assumeSmall() throws IOException {
    assumeTrue(
        !Files.exists(HUGE) || !Files.readString(HUGE).contains("[always]"), "pages may be larger");
  }

  /** Returns how many they are, by bit 63 of each page's 64 in pagemap (proc(5)). */
  static long present(Region region) throws IOException {
    long pages = (region.memory().byteSize() + BYTES - 1) / BYTES;
    byte[] entries = new byte[(int) pages * Long.BYTES];
    try (RandomAccessFile file = new RandomAccessFile("/proc/self/pagemap", "r")) {
      file.seek(region.memory().address() / BYTES * Long.BYTES);
      file.readFully(entries);
    }
    long present = 0;
    for (int end = Long.BYTES - 1; end < entries.length; end += Long.BYTES) {
      present += entries[end] < 0 ? 1 : 0; // little-endian: the highest byte is the last one
    }
    return present;
  }
}
