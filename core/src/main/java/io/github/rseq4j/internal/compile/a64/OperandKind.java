package io.github.rseq4j.internal.compile.a64;

import io.github.rseq4j.internal.asm.CodeBuffer;
import io.github.rseq4j.internal.asm.Field;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Operand;
import io.github.rseq4j.internal.asm.Scaled;
import io.github.rseq4j.internal.asm.WordFormat;
import org.jspecify.annotations.Nullable;

/** What an instruction takes at one place, and how that is encoded; {@link Syntax} writes it. */
sealed interface OperandKind extends WordFormat.Place {
  /** The field that holds the operand; of several, that of the base register. */
  Field field();

  /** The register that an operand puts in the field of this letter, or null. */
  default @Nullable Reg register(char letter, Operand operand) {
    return null;
  }

  /**
   * A general-purpose register.
   *
   * @param width how many bits of it are used
   * @param sp whether number 31 is the stack pointer, not zero
   */
  record General(Field field, int width, boolean sp)
      implements OperandKind, WordFormat.NumberedPlace {
    @Override
    public boolean accepts(Operand operand) {
      return operand instanceof Reg && operand != (sp ? Reg.XZR : Reg.SP);
    }

    @Override
    public String expectation() {
      return "x0 to x30 or " + (sp ? Reg.SP : Reg.XZR);
    }

    @Override
    public String text(Operand operand) {
      return ((Reg) operand).name(width);
    }

    @Override
    public @Nullable Reg register(char letter, Operand operand) {
      return letter == field.letter() ? (Reg) operand : null;
    }
  }

  /** A vector register, of which {@code width} bits are used. */
  record Vector(Field field, int width) implements OperandKind, WordFormat.NumberedPlace {
    @Override
    public boolean accepts(Operand operand) {
      return operand instanceof Vec;
    }

    @Override
    public String expectation() {
      return "a vector register";
    }

    @Override
    public String text(Operand operand) {
      return ((Vec) operand).name(width);
    }
  }

  /** A condition. */
  record Condition(Field field) implements OperandKind, WordFormat.NumberedPlace {
    @Override
    public boolean accepts(Operand operand) {
      return operand instanceof Cond;
    }

    @Override
    public String expectation() {
      return "a condition";
    }
  }

  /** A number that is encoded as it is, and listed in hexadecimal or not. */
  record Immediate(Scaled number, boolean hex) implements OperandKind, WordFormat.ImmediatePlace {
    @Override
    public Field field() {
      return number.field();
    }

    @Override
    public String text(Operand operand) {
      return hex ? hexadecimal(operand) : "#" + operand;
    }
  }

  /** A distance to shift left by, encoded as the rotation and the last bit of a bit-field move. */
  record LeftShift(Field field) implements OperandKind {
    @Override
    public boolean accepts(Operand operand) {
      return operand instanceof Imm(long value) && 0 <= value && value < Long.SIZE;
    }

    @Override
    public String expectation() {
      return "an immediate from 0 to 63";
    }

    @Override
    public int bits(Operand operand) {
      int shift = (int) ((Imm) operand).value();
      int rotation = -shift & (Long.SIZE - 1);
      return field.put(rotation << 6 | (Long.SIZE - 1 - shift));
    }

    @Override
    public String text(Operand operand) {
      return "#" + operand;
    }
  }

  /**
   * A 64-bit number of which one aligned 16-bit part is given and the rest is all zeros.
   *
   * @param inverted whether the rest is all ones, and the part encoded inverted
   */
  record Wide(Field field, boolean inverted) implements OperandKind {
    private static final int PART = 16;

    static boolean isWide(long value) {
      return (value & ~(0xffffL << shift(value))) == 0;
    }

    /** Where the part begins. */
    private static int shift(long value) {
      return value == 0 ? 0 : Long.numberOfTrailingZeros(value) / PART * PART;
    }

    @Override
    public boolean accepts(Operand operand) {
      return operand instanceof Imm(long value) && isWide(inverted ? ~value : value);
    }

    @Override
    public String expectation() {
      return "an immediate with at most one 16-bit part that is not " + (inverted ? "0xffff" : "0");
    }

    @Override
    public int bits(Operand operand) {
      long value = ((Imm) operand).value();
      long positive = inverted ? ~value : value;
      int shift = shift(positive);
      return field.put((shift / PART) << PART | (int) (positive >>> shift));
    }

    @Override
    public String text(Operand operand) {
      return hexadecimal(operand);
    }
  }

  /**
   * A {@link Bitmask}.
   *
   * @param notWide whether those that are {@link Wide} are left to it
   */
  record Logical(Field field, boolean notWide) implements OperandKind {
    @Override
    public boolean accepts(Operand operand) {
      return operand instanceof Imm(long value)
          && Bitmask.isEncodable(value)
          && !(notWide && (Wide.isWide(value) || Wide.isWide(~value)));
    }

    @Override
    public String expectation() {
      return "a repeated, rotated run of ones"
          + (notWide ? " with two 16-bit parts that are not 0 and two that are not 0xffff" : "");
    }

    @Override
    public int bits(Operand operand) {
      return field.put(Bitmask.encode(((Imm) operand).value()).orElseThrow());
    }

    @Override
    public String text(Operand operand) {
      return hexadecimal(operand);
    }
  }

  /** A label, encoded as the distance in bytes from the start of the instruction. */
  record Target(Scaled distance) implements OperandKind, WordFormat.LabelPlace {
    @Override
    public Field field() {
      return distance.field();
    }

    @Override
    public void patch(Operand operand, String instruction, CodeBuffer out) {
      distance.patch((Label) operand, instruction, out);
    }
  }

  /** Memory at a base register and an offset, whose field may be empty: then it is 0. */
  record BaseOffset(Field field, Scaled offset, Mem.Indexing indexing) implements OperandKind {
    @Override
    public boolean accepts(Operand operand) {
      return operand instanceof Mem.Based(_, int value, Mem.Indexing when)
          && when == indexing
          && offset.fits(value);
    }

    @Override
    public String expectation() {
      String memory =
          switch (indexing) {
            case NONE -> "memory at a base register";
            case PRE -> "pre-indexed memory at a base register";
            case POST -> "post-indexed memory at a base register";
          };
      return offset.field().width() == 0 ? memory + " alone" : memory + " and an offset " + offset;
    }

    @Override
    public int bits(Operand operand) {
      Mem.Based memory = (Mem.Based) operand;
      return field.put(memory.base().number()) | offset.put(memory.offset());
    }

    @Override
    public @Nullable Reg register(char letter, Operand operand) {
      return letter == field.letter() ? ((Mem) operand).base() : null;
    }
  }

  /**
   * Memory at a base register and an index register, shifted if {@code shift}'s field is not empty.
   */
  record BaseIndex(Field field, Field index, Scaled shift) implements OperandKind {
    @Override
    public boolean accepts(Operand operand) {
      return operand instanceof Mem.Indexed(_, _, int value) && shift.fits(value);
    }

    @Override
    public String expectation() {
      String memory = "memory at a base register and an index register";
      return shift.field().width() == 0
          ? memory + " alone"
          : memory + " shifted by 0 or " + shift.greatest();
    }

    @Override
    public int bits(Operand operand) {
      Mem.Indexed memory = (Mem.Indexed) operand;
      return field.put(memory.base().number())
          | index.put(memory.index().number())
          | shift.put(memory.shift());
    }
  }

  private static String hexadecimal(Operand immediate) {
    return "#0x" + Long.toHexString(((Imm) immediate).value());
  }
}
