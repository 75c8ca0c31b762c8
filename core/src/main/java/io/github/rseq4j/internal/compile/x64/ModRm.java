package io.github.rseq4j.internal.compile.x64;

import io.github.rseq4j.internal.asm.CodeBuffer;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Operand;

/**
 * How a register or an address is written into an instruction: the ModRM byte, the SIB byte and the
 * displacement (Intel SDM volume 2, section 2.1.3 and tables 2-2 and 2-3).
 *
 * <pre>
 *          7   6   5   4   3   2   1   0
 *        +-------+-----------+-----------+
 *  ModRM |  mod  |    reg    |    rm     |
 *        +-------+-----------+-----------+
 *  SIB   | scale |   index   |   base    |
 *        +-------+-----------+-----------+
 * </pre>
 *
 * <p>Each three-bit field holds the low bits of a register's number; the fourth is in the REX
 * prefix.
 */
final class ModRm {
  private static final int MOD_NO_DISP = 0;
  private static final int MOD_DISP8 = 1;
  private static final int MOD_DISP32 = 2;
  private static final int MOD_REGISTER = 3;

  /** In rm: a SIB byte follows. It takes the place of RSP and R12. */
  private static final int RM_SIB = 4;

  /** In rm, without displacement: relative to RIP. It takes the place of RBP and R13. */
  private static final int RM_RIP = 5;

  private static final int SIB_NO_INDEX = 4;

  /** In base, with mod 0: no base but a 32-bit displacement. It takes the place of RBP and R13. */
  private static final int SIB_NO_BASE = 5;

  private ModRm() {}

  /** How many bytes the displacement of an address takes: 0, 1 or 4. */
  static int dispBytes(Reg base, int disp) {
    if (disp == 0 && low(base.number()) != RM_RIP) {
      return 0;
    }
    return disp == (byte) disp ? 1 : 4;
  }

  /** The REX bits (X and B) of an operand in the rm field. */
  static int rexBits(Operand rm) {
    return switch (rm) {
      case Reg register -> high(register.number());
      case Xmm vector -> high(vector.number());
      case Mem.Based(Reg base, _) -> high(base.number());
      case Mem.Indexed(Reg base, Reg index, _, _) ->
          high(index.number()) << 1 | high(base.number());
      default -> 0;
    };
  }

  /** The low three bits of a register's number. */
  static int low(int number) {
    return number & 7;
  }

  /** The fourth bit of a register's number. */
  static int high(int number) {
    return number >> 3;
  }

  /**
   * Writes the bytes for an operand in the rm field.
   *
   * @param reg the number for the reg field; only its low three bits are used
   * @param rm a register or an address
   * @param trailing how many bytes of the instruction follow, which an address relative to RIP
   *     counts
   */
  static void write(CodeBuffer out, int reg, Operand rm, int trailing) {
    switch (rm) {
      case Reg register -> out.int8(fields(MOD_REGISTER, reg, register.number()));
      case Xmm vector -> out.int8(fields(MOD_REGISTER, reg, vector.number()));
      case Mem.Based(Reg base, int disp) when low(base.number()) == RM_SIB -> {
        out.int8(fields(mod(base, disp), reg, RM_SIB));
        out.int8(fields(0, SIB_NO_INDEX, base.number()));
        writeDisp(out, base, disp);
      }
      case Mem.Based(Reg base, int disp) -> {
        out.int8(fields(mod(base, disp), reg, base.number()));
        writeDisp(out, base, disp);
      }
      case Mem.Indexed(Reg base, Reg index, int scale, int disp) -> {
        int scaleLog2 = Integer.numberOfTrailingZeros(scale);
        out.int8(fields(mod(base, disp), reg, RM_SIB));
        out.int8(fields(scaleLog2, index.number(), base.number()));
        writeDisp(out, base, disp);
      }
      case Mem.Fs(int disp) -> {
        out.int8(fields(MOD_NO_DISP, reg, RM_SIB));
        out.int8(fields(0, SIB_NO_INDEX, SIB_NO_BASE));
        out.int32(disp);
      }
      case Mem.RipRelative(Label target) -> {
        out.int8(fields(MOD_NO_DISP, reg, RM_RIP));
        writeDistance(out, target, trailing);
      }
      default -> throw new IllegalArgumentException(rm + " cannot be in the rm field");
    }
  }

  /**
   * Writes the four-byte distance from the end of the instruction under way to {@code target}.
   *
   * @param trailing how many more bytes of the instruction follow
   */
  static void writeDistance(CodeBuffer out, Label target, int trailing) {
    out.patch(
        target, (code, at, offset) -> code.putInt(at, offset - (at + Integer.BYTES + trailing)));
    out.int32(0);
  }

  private static int mod(Reg base, int disp) {
    return switch (dispBytes(base, disp)) {
      case 0 -> MOD_NO_DISP;
      case 1 -> MOD_DISP8;
      default -> MOD_DISP32;
    };
  }

  private static void writeDisp(CodeBuffer out, Reg base, int disp) {
    switch (dispBytes(base, disp)) {
      case 0 -> {}
      case 1 -> out.int8(disp);
      default -> out.int32(disp);
    }
  }

  private static int fields(int top, int middle, int bottom) {
    return top << 6 | low(middle) << 3 | low(bottom);
  }
}
