package io.github.rseq4j.internal.asm.x64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Growing little-endian code, with distances to labels filled in at the end. */
final class CodeBuffer {
  private static final int INITIAL_CAPACITY = 256;

  /**
   * A distance to fill in.
   *
   * @param at the offset of its four bytes
   * @param from the offset from which the hardware counts: the end of the instruction
   */
  private record Distance(int at, int from, Label target) {}

  private final List<Distance> distances = new ArrayList<>();
  private ByteBuffer code = allocate(INITIAL_CAPACITY);

  int position() {
    return code.position();
  }

  /** Appends the low 8 bits of {@code value}. */
  void int8(int value) {
    room(Byte.BYTES).put((byte) value);
  }

  void int32(int value) {
    room(Integer.BYTES).putInt(value);
  }

  void int64(long value) {
    room(Long.BYTES).putLong(value);
  }

  void bytes(byte[] values) {
    room(values.length).put(values);
  }

  /**
   * Appends the four-byte distance from the end of the instruction under way to {@code target}.
   *
   * @param trailing how many more bytes of the instruction follow
   */
  void relative32(Label target, int trailing) {
    int at = position();
    distances.add(new Distance(at, at + Integer.BYTES + trailing, target));
    int32(0);
  }

  /**
   * The bytes so far, with all distances filled in.
   *
   * @throws IllegalStateException if a target is not bound
   */
  byte[] resolved() {
    byte[] bytes = new byte[position()];
    code.get(0, bytes);
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (Distance distance : distances) {
      view.putInt(distance.at, distance.target.offset() - distance.from);
    }
    return bytes;
  }

  private ByteBuffer room(int bytes) {
    if (code.remaining() < bytes) {
      ByteBuffer larger = allocate(Math.max(code.capacity() * 2, position() + bytes));
      code = larger.put(code.flip());
    }
    return code;
  }

  private static ByteBuffer allocate(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }
}
