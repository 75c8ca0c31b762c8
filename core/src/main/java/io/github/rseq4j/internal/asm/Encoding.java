package io.github.rseq4j.internal.asm;

import java.util.HashMap;
import java.util.Map;

/**
 * The 32 bits of one instruction, parsed from a drawing like those in manuals: the most significant
 * bit first, 0 and 1 for bits that are fixed, and the same letter for all bits of a field. Spaces
 * mean nothing.
 */
public final class Encoding {
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
  public static Encoding parse(String drawing) {
    return new Encoding(drawing);
  }

  /** Returns the field that is drawn with some letters, the most significant part first. */
  public Field field(String letters) {
    return new Field(letters, letters.chars().mapToObj(letter -> mask((char) letter)).toList());
  }

  /** Returns the instruction with all its fields 0. */
  public int word() {
    return ones;
  }

  /** Returns whether {@code word} is this instruction with some fields. */
  public boolean matches(int word) {
    return (word & fixed) == ones;
  }

  /** Returns how many bits are fixed: the more, the more special is the instruction. */
  public int fixedBits() {
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
