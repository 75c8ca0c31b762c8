package io.github.rseq4j.internal.asm;

import java.util.List;

/**
 * Some bits of an instruction, which hold one number.
 *
 * @param letters how the bits are drawn in the encoding, the most significant first: one letter, or
 *     several for a number in as many parts; none for a number that is always 0
 * @param masks which bits each letter stands for
 */
public record Field(String letters, List<Integer> masks) {
  /** Returns how many bits the number has. */
  public int width() {
    return masks.stream().mapToInt(Integer::bitCount).sum();
  }

  /** Returns the letter that the field is told from others by. */
  public char letter() {
    return letters.charAt(0);
  }

  /** Returns the low bits of {@code value} where the instruction has them. */
  public int put(int value) {
    int bits = 0;
    int rest = value;
    for (int mask : masks.reversed()) {
      bits |= Integer.expand(rest, mask);
      rest >>>= Integer.bitCount(mask);
    }
    return bits;
  }
}
