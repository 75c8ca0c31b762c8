package io.github.rseq4j.internal.asm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Growing little-endian code, in which the places of labels are filled in at the end. */
public final class CodeBuffer {
  private static final int INITIAL_CAPACITY = 256;

  /** Fills in the place of a label. */
  @FunctionalInterface
  public interface Patch {
    /**
     * Changes code.
     *
     * @param code the code from its beginning
     * @param at where the patch was asked for
     * @param target where the label is bound
     */
    void apply(ByteBuffer code, int at, int target);
  }

  private record Pending(int at, Label target, Patch patch) {}

  private final List<Pending> pending = new ArrayList<>();
  private ByteBuffer code = allocate(INITIAL_CAPACITY);

  /** Returns the number of bytes so far. */
  public int position() {
    return code.position();
  }

  /** Appends the low 8 bits of {@code value}. */
  public void int8(int value) {
    room(Byte.BYTES).put((byte) value);
  }

  /** Appends 32 bits. */
  public void int32(int value) {
    room(Integer.BYTES).putInt(value);
  }

  /** Appends 64 bits. */
  public void int64(long value) {
    room(Long.BYTES).putLong(value);
  }

  /** Appends bytes. */
  public void bytes(byte[] values) {
    room(values.length).put(values);
  }

  /** Has what comes next patched once {@code target} is bound. */
  public void patch(Label target, Patch patch) {
    pending.add(new Pending(position(), target, patch));
  }

  /**
   * The bytes so far, with all patches applied.
   *
   * @throws IllegalStateException if a target is not bound
   */
  byte[] resolved() {
    byte[] bytes = new byte[position()];
    code.get(0, bytes);
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (Pending each : pending) {
      each.patch.apply(view, each.at, each.target.offset());
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
