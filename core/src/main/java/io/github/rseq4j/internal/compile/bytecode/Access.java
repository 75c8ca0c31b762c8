package io.github.rseq4j.internal.compile.bytecode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * What generated classes call to touch memory. Loads extend with zeros; stores take the low bits.
 *
 * <p>Every method is small enough to be inlined. The name of each ends in the number of bits.
 */
final class Access {
  private static final VarHandle BYTES = ValueLayout.JAVA_BYTE.varHandle();
  private static final VarHandle SHORTS = ValueLayout.JAVA_SHORT.varHandle();
  private static final VarHandle INTS = ValueLayout.JAVA_INT.varHandle();
  private static final VarHandle LONGS = ValueLayout.JAVA_LONG.varHandle();

  private Access() {}

  static long load8(MemorySegment memory, long offset) {
    return Byte.toUnsignedLong(memory.get(ValueLayout.JAVA_BYTE, offset));
  }

  static long load16(MemorySegment memory, long offset) {
    return Short.toUnsignedLong(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
  }

  static long load32(MemorySegment memory, long offset) {
    return Integer.toUnsignedLong(memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset));
  }

  static long load64(MemorySegment memory, long offset) {
    return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
  }

  static long loadAcquire8(MemorySegment memory, long offset) {
    return Byte.toUnsignedLong((byte) BYTES.getAcquire(memory, offset));
  }

  static long loadAcquire16(MemorySegment memory, long offset) {
    return Short.toUnsignedLong((short) SHORTS.getAcquire(memory, offset));
  }

  static long loadAcquire32(MemorySegment memory, long offset) {
    return Integer.toUnsignedLong((int) INTS.getAcquire(memory, offset));
  }

  static long loadAcquire64(MemorySegment memory, long offset) {
    return (long) LONGS.getAcquire(memory, offset);
  }

  static void store8(MemorySegment memory, long offset, long value) {
    memory.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
  }

  static void store16(MemorySegment memory, long offset, long value) {
    memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, (short) value);
  }

  static void store32(MemorySegment memory, long offset, long value) {
    memory.set(ValueLayout.JAVA_INT_UNALIGNED, offset, (int) value);
  }

  static void store64(MemorySegment memory, long offset, long value) {
    memory.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, value);
  }

  static void storeRelease8(MemorySegment memory, long offset, long value) {
    BYTES.setRelease(memory, offset, (byte) value);
  }

  static void storeRelease16(MemorySegment memory, long offset, long value) {
    SHORTS.setRelease(memory, offset, (short) value);
  }

  static void storeRelease32(MemorySegment memory, long offset, long value) {
    INTS.setRelease(memory, offset, (int) value);
  }

  static void storeRelease64(MemorySegment memory, long offset, long value) {
    LONGS.setRelease(memory, offset, value);
  }

  /** Adds to a word that nobody else writes meanwhile. */
  static void addRelease64(MemorySegment memory, long offset, long value) {
    LONGS.setRelease(memory, offset, (long) LONGS.get(memory, offset) + value);
  }

  /** Copies the first {@code bytes} bytes of a source to {@code offset}. */
  static void copyIn(MemorySegment memory, long offset, MemorySegment source, long bytes) {
    MemorySegment.copy(source, 0, memory, offset, bytes);
  }

  /** Copies {@code bytes} bytes at {@code offset} to the start of a destination. */
  static void copyOut(MemorySegment memory, long offset, MemorySegment destination, long bytes) {
    MemorySegment.copy(memory, offset, destination, 0, bytes);
  }
}
