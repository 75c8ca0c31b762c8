package io.github.rseq4j.internal.compile.x64;

import io.github.rseq4j.internal.asm.CodeBuffer;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Operand;
import io.github.rseq4j.internal.compile.x64.OperandKind.Field;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How one instruction is encoded, parsed from its notation in the Intel manual (volume 2, section
 * 3.1.1.1).
 *
 * <p>The notation has, in this order: the prefixes 66, F0, F2, F3, or NP for none; REX.W; the bytes
 * of the opcode, +rd if its low bits hold a register; /r or /digit if a ModRM byte follows, with a
 * register or that digit in its reg field; ib, id, io for an immediate of 1, 4, 8 bytes, or cd for
 * the 4-byte distance to a label.
 */
final class Encoding {
  private static final Pattern NOTATION =
      Pattern.compile(
          "(?:NP )?(?<prefixes>(?:(?:66|F0|F2|F3) )*)(?<rexW>REX\\.W )?"
              + "(?<opcode>(?:[0-9A-F]{2} )*)(?<last>[0-9A-F]{2})(?<rd>\\+rd)?"
              + "(?: /(?:r|(?<digit>[0-7])))?(?: (?<immediate>ib|id|io|cd))?");

  private static final HexFormat HEX = HexFormat.of().withSuffix(" ");
  private static final int SEGMENT_FS = 0x64;
  private static final int REX = 0x40;
  private static final int REX_W = 0x48;
  private static final int NONE = -1;

  private final List<OperandKind> kinds;
  private final int regAt;
  private final int rmAt;
  private final int immediateAt;

  private final byte[] prefixes;
  private final int rexW;
  private final byte[] opcode;
  private final int lastOpcode;
  private final boolean regInOpcode;
  private final int digit;
  private final int immediateBytes;

  private Encoding(List<OperandKind> kinds, Matcher notation) {
    this.kinds = kinds;
    List<Field> fields = kinds.stream().map(OperandKind::field).toList();
    regAt = fields.indexOf(Field.REG);
    rmAt = fields.indexOf(Field.RM);
    immediateAt = fields.indexOf(Field.IMMEDIATE);
    prefixes = HEX.parseHex(notation.group("prefixes"));
    rexW = notation.group("rexW") == null ? 0 : REX_W;
    opcode = HEX.parseHex(notation.group("opcode"));
    lastOpcode = HexFormat.fromHexDigits(notation.group("last"));
    regInOpcode = notation.group("rd") != null;
    String digits = notation.group("digit");
    digit = digits == null ? 0 : Integer.parseInt(digits);
    immediateBytes =
        switch (notation.group("immediate")) {
          case "ib" -> Byte.BYTES;
          case "id", "cd" -> Integer.BYTES;
          case "io" -> Long.BYTES;
          case null, default -> 0;
        };
  }

  /**
   * Parses the encoding of a row of the instruction table.
   *
   * @param kinds what the operands may be
   * @param notation the encoding, such as {@code "REX.W 8B /r"}
   */
  static Encoding parse(List<OperandKind> kinds, String notation) {
    Matcher matcher = NOTATION.matcher(notation);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not the notation of an encoding: " + notation);
    }
    return new Encoding(kinds, matcher);
  }

  /** Appends the instruction with these operands, which are known to be of the right kinds. */
  void write(List<Operand> operands, CodeBuffer out) {
    int reg = regAt == NONE ? digit : number(operands.get(regAt));
    if (rmAt != NONE && operands.get(rmAt) instanceof Mem.Fs) {
      out.int8(SEGMENT_FS);
    }
    out.bytes(prefixes);
    int rex = rex(operands, reg);
    if (rex != 0) {
      out.int8(rex);
    }
    out.bytes(opcode);
    out.int8(regInOpcode ? lastOpcode | ModRm.low(reg) : lastOpcode);
    if (rmAt != NONE) {
      ModRm.write(out, reg, operands.get(rmAt), immediateBytes);
    }
    if (immediateAt != NONE) {
      writeImmediate(operands.get(immediateAt), out);
    }
  }

  /** The REX prefix (SDM volume 2, section 2.2.1), or 0 if there need not be one. */
  private int rex(List<Operand> operands, int reg) {
    int bits = rexW | ModRm.high(reg) << (regInOpcode ? 0 : 2);
    if (rmAt != NONE) {
      bits |= ModRm.rexBits(operands.get(rmAt));
    }
    boolean needed = bits != 0;
    for (int i = 0; i < operands.size(); i++) {
      needed |= kinds.get(i).bits() == Byte.SIZE && isNewByteRegister(operands.get(i));
    }
    return needed ? REX | bits : 0;
  }

  /** Whether this is spl, bpl, sil or dil, which without REX would mean ah, ch, dh or bh. */
  private static boolean isNewByteRegister(Operand operand) {
    return switch (operand) {
      case Reg.RSP, Reg.RBP, Reg.RSI, Reg.RDI -> true;
      default -> false;
    };
  }

  private void writeImmediate(Operand immediate, CodeBuffer out) {
    switch (immediate) {
      case Label target -> ModRm.writeDistance(out, target, 0);
      case Imm(long value) when immediateBytes == Byte.BYTES -> out.int8((int) value);
      case Imm(long value) when immediateBytes == Integer.BYTES -> out.int32((int) value);
      case Imm(long value) -> out.int64(value);
      default -> throw new IllegalArgumentException(immediate + " cannot be an immediate");
    }
  }

  private static int number(Operand register) {
    return switch (register) {
      case Reg general -> general.number();
      case Xmm vector -> vector.number();
      default -> throw new IllegalArgumentException(register + " cannot be in the reg field");
    };
  }
}
