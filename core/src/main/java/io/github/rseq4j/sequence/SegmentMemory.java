package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A slice in real memory. Commits are release stores of one word whatever was asked for, so readers
 * on other threads see what they would see of compiled code.
 *
 * @param slice the memory, aligned to 8 bytes
 */
record SegmentMemory(MemorySegment slice) implements SliceMemory {
  private static final VarHandle BYTES = ValueLayout.JAVA_BYTE.varHandle();
  private static final VarHandle SHORTS = ValueLayout.JAVA_SHORT.varHandle();
  private static final VarHandle INTS = ValueLayout.JAVA_INT.varHandle();
  private static final VarHandle LONGS = ValueLayout.JAVA_LONG.varHandle();

  @Override
  public long size() {
    return slice.byteSize();
  }

  @Override
  public long load(Width width, long offset, boolean acquire) {
    if (!acquire) {
      return width.load(slice, offset);
    }
    return switch (width) {
      case BITS_8 -> Byte.toUnsignedLong((byte) BYTES.getAcquire(slice, offset));
      case BITS_16 -> Short.toUnsignedLong((short) SHORTS.getAcquire(slice, offset));
      case BITS_32 -> Integer.toUnsignedLong((int) INTS.getAcquire(slice, offset));
      case BITS_64 -> (long) LONGS.getAcquire(slice, offset);
    };
  }

  @Override
  public void store(Width width, long offset, long value) {
    width.store(slice, offset, value);
  }

  @Override
  public void commit(Width width, long offset, long value, boolean release) {
    switch (width) {
      case BITS_8 -> BYTES.setRelease(slice, offset, (byte) value);
      case BITS_16 -> SHORTS.setRelease(slice, offset, (short) value);
      case BITS_32 -> INTS.setRelease(slice, offset, (int) value);
      case BITS_64 -> LONGS.setRelease(slice, offset, value);
    }
  }

  @Override
  public void copyIn(long offset, MemorySegment source, long bytes) {
    MemorySegment.copy(source, 0, slice, offset, bytes);
  }

  @Override
  public void copyOut(MemorySegment destination, long offset, long bytes) {
    MemorySegment.copy(slice, offset, destination, 0, bytes);
  }
}
