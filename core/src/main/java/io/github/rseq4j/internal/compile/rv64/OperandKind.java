package io.github.rseq4j.internal.compile.rv64;

import io.github.rseq4j.internal.asm.CodeBuffer;
import io.github.rseq4j.internal.asm.Field;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Operand;
import io.github.rseq4j.internal.asm.Scaled;
import io.github.rseq4j.internal.asm.WordFormat;

/** What an instruction takes at one place, and how that is encoded; {@link Syntax} writes it. */
sealed interface OperandKind extends WordFormat.Place {
  /** A general-purpose register. */
  record General(Field field) implements OperandKind, WordFormat.NumberedPlace {
    @Override
    public boolean accepts(Operand operand) {
      return operand instanceof Reg;
    }

    @Override
    public String expectation() {
      return "a general-purpose register";
    }
  }

  /** A floating-point register. */
  record FloatingPoint(Field field) implements OperandKind, WordFormat.NumberedPlace {
    @Override
    public boolean accepts(Operand operand) {
      return operand instanceof FloatReg;
    }

    @Override
    public String expectation() {
      return "a floating-point register";
    }
  }

  /** A number, listed in hexadecimal or not. */
  record Immediate(Scaled number, boolean hex) implements OperandKind, WordFormat.ImmediatePlace {
    @Override
    public String text(Operand operand) {
      return hex ? "0x" + Long.toHexString(((Imm) operand).value()) : operand.toString();
    }
  }

  /** A label, encoded as the distance in bytes from the start of the instruction. */
  record Target(Scaled distance) implements OperandKind, WordFormat.LabelPlace {
    @Override
    public void patch(Operand operand, String instruction, CodeBuffer out) {
      distance.patch((Label) operand, instruction, out);
    }
  }

  /**
   * A part of the distance to a label from an {@code auipc}, which is this instruction or the one
   * before it.
   *
   * @param high whether it is the part that {@code auipc} adds, in units of 4096, or what then is
   *     missing, -2048 to 2047
   */
  record PcRelative(Field field, boolean high) implements OperandKind, WordFormat.LabelPlace {
    @Override
    public String text(Operand operand) {
      return (high ? "%pcrel_hi(" : "%pcrel_lo(") + operand + ")";
    }

    @Override
    public void patch(Operand operand, String instruction, CodeBuffer out) {
      out.patch(
          (Label) operand,
          (code, at, target) -> {
            int part = high ? Constants.high(target - at) : target - (at - Integer.BYTES);
            code.putInt(at, code.getInt(at) | field.put(part));
          });
    }
  }

  /** Memory at a base register and an offset, whose field may be empty: then it is 0. */
  record BaseOffset(Field field, Scaled offset) implements OperandKind {
    @Override
    public boolean accepts(Operand operand) {
      return operand instanceof Mem(_, int value) && offset.fits(value);
    }

    @Override
    public String expectation() {
      String memory = "memory at a base register";
      return alone() ? memory + " alone" : memory + " and an offset " + offset;
    }

    @Override
    public int bits(Operand operand) {
      Mem memory = (Mem) operand;
      return field.put(memory.base().number()) | offset.put(memory.offset());
    }

    @Override
    public String text(Operand operand) {
      return alone() ? "(" + ((Mem) operand).base() + ")" : operand.toString();
    }

    private boolean alone() {
      return offset.field().width() == 0;
    }
  }
}
