package io.github.rseq4j.internal.compile.a64;

import java.util.OptionalInt;

/**
 * The immediates of 64-bit {@code and}, {@code orr}, {@code eor} and {@code tst} (Arm manual,
 * DecodeBitMasks).
 */
public final class Bitmask {
  /*
   * Such a number is one element of 2, 4, 8, 16, 32 or 64 bits, repeated; the element is a run of
   * ones, at least one and not all, rotated to the right. The 13 bits for it are
   *
   *    N   immr     imms
   *    1   rrrrrr   ssssss    64 bits
   *    0   0rrrrr   0sssss    32
   *    0   00rrrr   10ssss    16
   *    0   000rrr   110sss     8
   *    0   0000rr   1110ss     4
   *    0   00000r   11110s     2
   *
   * with r the rotation and s the number of ones less one. A number that repeats with some period
   * does so with all multiples of it as well, but only its least period has one run an element: so
   * there is one encoding at most.
   */
  private static final int FIELD_BITS = 6;
  private static final int FIELD_MASK = (1 << FIELD_BITS) - 1;
  private static final int LEAST_ELEMENT = 2;

  private Bitmask() {}

  /** Returns whether instructions can hold {@code value}. */
  public static boolean isEncodable(long value) {
    return encode(value).isPresent();
  }

  /** Returns N:immr:imms for {@code value}, or nothing if there are none. */
  static OptionalInt encode(long value) {
    // Where a run of ones begins: a one above a zero, the top bit being below the bottom one.
    long beginnings = value & ~Long.rotateLeft(value, 1);
    if (beginnings == 0) {
      return OptionalInt.empty();
    }
    int beginning = Long.numberOfTrailingZeros(beginnings);
    int size = period(value);
    long run = Long.rotateRight(value, beginning) & (-1L >>> (Long.SIZE - size));
    if ((run & (run + 1)) != 0) {
      return OptionalInt.empty();
    }
    int n = size == Long.SIZE ? 1 : 0;
    int immr = -beginning & (size - 1);
    int imms = (-2 * size | Long.bitCount(run) - 1) & FIELD_MASK;
    return OptionalInt.of((n << FIELD_BITS | immr) << FIELD_BITS | imms);
  }

  /** The least number of bits, a power of two, after which {@code value} repeats. */
  private static int period(long value) {
    int size = Long.SIZE;
    while (size > LEAST_ELEMENT && Long.rotateRight(value, size / 2) == value) {
      size /= 2;
    }
    return size;
  }
}
