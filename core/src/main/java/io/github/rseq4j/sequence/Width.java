package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How many bits of memory a step touches; narrower loads are zero-extended to 64 bits. */
public enum Width {
  /** One byte. */
  BITS_8(8),
  /** Two bytes. */
  BITS_16(16),
  /** Four bytes. */
  BITS_32(32),
  /** Eight bytes. */
  BITS_64(64);

  private final int bits;

  Width(int bits) {
    this.bits = bits;
  }

  /** Returns the width in bits: 8, 16, 32 or 64. */
  public int bits() {
    return bits;
  }

  /** Returns the width in bytes: 1, 2, 4 or 8. */
  public int bytes() {
    return bits / 8;
  }

  long load(MemorySegment memory, long offset) {
    return switch (this) {
      case BITS_8 -> Byte.toUnsignedLong(memory.get(ValueLayout.JAVA_BYTE, offset));
      case BITS_16 -> Short.toUnsignedLong(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
      case BITS_32 -> Integer.toUnsignedLong(memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset));
      case BITS_64 -> memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
    };
  }

  void store(MemorySegment memory, long offset, long value) {
    switch (this) {
      case BITS_8 -> memory.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
      case BITS_16 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, (short) value);
      case BITS_32 -> memory.set(ValueLayout.JAVA_INT_UNALIGNED, offset, (int) value);
      case BITS_64 -> memory.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, value);
    }
  }
}
