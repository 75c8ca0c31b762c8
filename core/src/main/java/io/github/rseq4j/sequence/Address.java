package io.github.rseq4j.sequence;

import org.jspecify.annotations.Nullable;

/**
 * A place in the slice of the CPU that a sequence runs on: a constant displacement, and optionally
 * an index held in a value and scaled.
 *
 * <p>The constant part is checked when the sequence meets a region; an indexed address is checked
 * each time, in the sequence, against the size of the slice, and leaves through {@link
 * Exit#OUT_OF_BOUNDS} before it touches memory.
 *
 * @param name the name used in listings
 * @param displacement bytes from the start of the slice, 0 to {@value #MAX_DISPLACEMENT}
 * @param index the unsigned number of elements to add, or null for none
 * @param scale bytes per element of {@code index}: 1, 2, 4 or 8
 */
public record Address(String name, int displacement, @Nullable Value index, int scale) {
  /** The largest constant displacement, in bytes. */
  public static final int MAX_DISPLACEMENT = 1 << 30;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if the displacement or the scale is out of range
   */
  public Address {
    if (displacement < 0 || displacement > MAX_DISPLACEMENT) {
      throw new IllegalArgumentException(
          "displacement %d is not in 0..%d".formatted(displacement, MAX_DISPLACEMENT));
    }
    if (scale != 1 && scale != 2 && scale != 4 && scale != 8) {
      throw new IllegalArgumentException("scale %d is not 1, 2, 4 or 8".formatted(scale));
    }
  }

  /**
   * Returns the constant address {@code displacement} bytes into the slice.
   *
   * @param name the name used in listings
   * @param displacement bytes from the start of the slice
   */
  public static Address of(String name, int displacement) {
    return new Address(name, displacement, null, 1);
  }

  /** Returns the address of the byte number {@code index} from here. */
  public Address byteAt(Value index) {
    return new Address(name, displacement, index, 1);
  }

  /** Returns the address of the 64-bit word number {@code index} from here. */
  public Address longAt(Value index) {
    return new Address(name, displacement, index, 8);
  }

  /** Returns the address {@code bytes} further on. */
  public Address plus(int bytes) {
    return new Address(name + "+" + bytes, displacement + bytes, index, scale);
  }

  @Override
  public String toString() {
    if (index == null) {
      return "[" + name + "]";
    }
    return "[%s + %s%s]".formatted(name, index, scale == 1 ? "" : "*" + scale);
  }
}
