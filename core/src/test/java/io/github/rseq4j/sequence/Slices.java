package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The content of slices, as the tests of this package and of the compiler use it. */
public final class Slices {
  /** The size of a slice in bytes. */
  public static final int BYTES = 256;

  private Slices() {}

  /** Returns a slice of which each byte differs from all others. */
  public static MemorySegment numbered() {
    MemorySegment slice = zeroed();
    for (int i = 0; i < BYTES; i++) {
      // An odd factor gives each byte once; the highest bits are set in about half of them.
      slice.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 167 + 129));
    }
    return slice;
  }

  /** Returns a slice of zeros, aligned to 8 bytes. */
  public static MemorySegment zeroed() {
    return MemorySegment.ofArray(new long[BYTES / Long.BYTES]);
  }

  /** Returns a copy. */
  public static MemorySegment copy(MemorySegment slice) {
    return zeroed().copyFrom(slice);
  }

  /** Returns the bytes. */
  public static byte[] bytes(MemorySegment slice) {
    return slice.toArray(ValueLayout.JAVA_BYTE);
  }

  /** Returns the little-endian number that {@code bytes} bytes at {@code offset} are. */
  public static long number(MemorySegment slice, long offset, int bytes) {
    long number = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      number =
          number << Byte.SIZE | Byte.toUnsignedLong(slice.get(ValueLayout.JAVA_BYTE, offset + i));
    }
    return number;
  }

  /** Puts the low {@code bytes} bytes of a number at {@code offset}, little-endian. */
  public static void put(MemorySegment slice, long offset, int bytes, long number) {
    for (int i = 0; i < bytes; i++) {
      slice.set(ValueLayout.JAVA_BYTE, offset + i, (byte) (number >>> (i * Byte.SIZE)));
    }
  }
}
