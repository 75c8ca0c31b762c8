package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one interpreted run of a sequence: its values, the slice it works on, and where it
 * is.
 *
 * <p>The interpreter is the oracle that compiled code is held against. It gives no atomicity of its
 * own: whoever runs it sees to it that nobody else runs on the same slice. Commits are release
 * stores of one word, acquire loads are such, so readers on other threads see what they would see
 * of compiled code.
 */
public final class Frame {
  private static final VarHandle BYTES = ValueLayout.JAVA_BYTE.varHandle();
  private static final VarHandle SHORTS = ValueLayout.JAVA_SHORT.varHandle();
  private static final VarHandle INTS = ValueLayout.JAVA_INT.varHandle();
  private static final VarHandle LONGS = ValueLayout.JAVA_LONG.varHandle();

  private final List<Step> steps;
  private final MemorySegment slice;
  private final long sliceOffset;
  private final Object[] values;
  private int next;
  private @Nullable Long result;

  private Frame(Sequence sequence, MemorySegment slice, long sliceOffset, Object[] arguments) {
    if (arguments.length != sequence.parameters().size()) {
      throw new IllegalArgumentException(
          "%s takes %d arguments, not %d"
              .formatted(sequence.name(), sequence.parameters().size(), arguments.length));
    }
    if (slice.byteSize() < sequence.minimumSlice()) {
      throw new IllegalArgumentException(
          "%s needs a slice of %d bytes, not %d"
              .formatted(sequence.name(), sequence.minimumSlice(), slice.byteSize()));
    }
    this.steps = sequence.steps();
    this.slice = slice;
    this.sliceOffset = sliceOffset;
    this.values = new Object[arguments.length + steps.size()];
    System.arraycopy(arguments, 0, values, 0, arguments.length);
  }

  /**
   * Runs a sequence on a slice and returns the result of its exit.
   *
   * @param sequence the sequence
   * @param slice the memory it works on, at least {@link Sequence#minimumSlice()} bytes, aligned to
   *     8 bytes
   * @param sliceOffset what {@link Step.SliceOffset} answers
   * @param arguments a {@link Long} for each value, a {@link MemorySegment} for each source
   */
  public static long run(
      Sequence sequence, MemorySegment slice, long sliceOffset, Object... arguments) {
    Frame frame = new Frame(sequence, slice, sliceOffset, arguments);
    while (frame.result == null) {
      frame.steps.get(frame.next++).interpret(frame);
    }
    return frame.result;
  }

  long get(Operand operand) {
    return switch (operand) {
      case Operand.Constant constant -> constant.number();
      case Value value -> (long) values[value.id()];
    };
  }

  void set(Value value, long number) {
    values[value.id()] = number;
  }

  long sliceOffset() {
    return sliceOffset;
  }

  void leave(Exit exit) {
    long number = get(exit.result());
    result = exit.result() instanceof Value ? number & Long.MAX_VALUE : number;
  }

  void skipTo(Label label) {
    next = steps.indexOf(new Step.Land(label));
  }

  void load(Value into, Width width, Address from, boolean acquire) {
    long offset = resolve(from, width.bytes());
    if (offset >= 0) {
      set(into, acquire ? loadAcquire(width, offset) : width.load(slice, offset));
    }
  }

  void store(Width width, Address to, Operand value) {
    long offset = resolve(to, width.bytes());
    if (offset >= 0) {
      width.store(slice, offset, get(value));
    }
  }

  void copy(Address to, Source from, Value length, int limit) {
    long bytes = get(length);
    if (Long.compareUnsigned(bytes, limit) > 0) {
      result = Exit.OUT_OF_BOUNDS;
      return;
    }
    long offset = resolve(to, bytes);
    if (offset >= 0) {
      MemorySegment.copy((MemorySegment) values[from.id()], 0, slice, offset, bytes);
    }
  }

  void commitStore(Width width, Address to, Operand value, Exit exit) {
    long offset = resolve(to, width.bytes());
    if (offset >= 0) {
      storeRelease(width, offset, get(value));
      leave(exit);
    }
  }

  void commitAdd(Address to, Operand value, Exit exit) {
    long offset = resolve(to, Width.BITS_64.bytes());
    if (offset >= 0) {
      storeRelease(Width.BITS_64, offset, Width.BITS_64.load(slice, offset) + get(value));
      leave(exit);
    }
  }

  /** Returns the offset in the slice, or -1 after leaving because it is out of bounds. */
  private long resolve(Address address, long bytes) {
    Value index = address.index();
    if (index == null) {
      return address.displacement();
    }
    long elements = get(index);
    long last = (slice.byteSize() - address.displacement() - bytes) / address.scale();
    if (Long.compareUnsigned(elements, last) > 0) {
      result = Exit.OUT_OF_BOUNDS;
      return -1;
    }
    return address.displacement() + elements * address.scale();
  }

  private long loadAcquire(Width width, long offset) {
    return switch (width) {
      case BITS_8 -> Byte.toUnsignedLong((byte) BYTES.getAcquire(slice, offset));
      case BITS_16 -> Short.toUnsignedLong((short) SHORTS.getAcquire(slice, offset));
      case BITS_32 -> Integer.toUnsignedLong((int) INTS.getAcquire(slice, offset));
      case BITS_64 -> (long) LONGS.getAcquire(slice, offset);
    };
  }

  private void storeRelease(Width width, long offset, long value) {
    switch (width) {
      case BITS_8 -> BYTES.setRelease(slice, offset, (byte) value);
      case BITS_16 -> SHORTS.setRelease(slice, offset, (short) value);
      case BITS_32 -> INTS.setRelease(slice, offset, (int) value);
      case BITS_64 -> LONGS.setRelease(slice, offset, value);
    }
  }
}
