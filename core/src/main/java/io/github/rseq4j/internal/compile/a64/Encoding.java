package io.github.rseq4j.internal.compile.a64;

import java.util.HashMap;
import java.util.Map;

/**
 * The 32 bits of one instruction, parsed from a drawing like those in the Arm manual: the most
 * significant bit first, 0 and 1 for bits that are fixed, and the same letter for all bits of a
 * field. Spaces mean nothing.
 */
final class Encoding {
  private final String drawing;
  private final Map<Character, Integer> masks = new HashMap<>();
  private final int fixed;
  private final int ones;

  private Encoding(String drawing) {
    this.drawing = drawing;
    String bits = drawing.replace(" ", "");
    if (bits.length() != Integer.SIZE) {
      throw new IllegalArgumentException("not 32 bits: " + drawing);
    }
    for (int i = 0; i < Integer.SIZE; i++) {
      masks.merge(bits.charAt(i), 1 << (Integer.SIZE - 1 - i), (a, b) -> a | b);
    }
    ones = masks.getOrDefault('1', 0);
    fixed = ones | masks.getOrDefault('0', 0);
  }

  /** Parses a drawing, such as {@code "1000 1011 000 mmmmm 000000 nnnnn ddddd"}. */
  static Encoding parse(String drawing) {
    return new Encoding(drawing);
  }

  /** The field that is drawn with some letters, the most significant part first. */
  Field field(String letters) {
    return new Field(letters, letters.chars().mapToObj(letter -> mask((char) letter)).toList());
  }

  /** The instruction with all its fields 0. */
  int word() {
    return ones;
  }

  /** Whether {@code word} is this instruction with some fields. */
  boolean matches(int word) {
    return (word & fixed) == ones;
  }

  /** How many bits are fixed: the more, the more special is the instruction. */
  int fixedBits() {
    return Integer.bitCount(fixed);
  }

  private int mask(char letter) {
    Integer mask = masks.get(letter);
    if (mask == null) {
      throw new IllegalArgumentException("no field " + letter + " in " + drawing);
    }
    return mask;
  }
}
