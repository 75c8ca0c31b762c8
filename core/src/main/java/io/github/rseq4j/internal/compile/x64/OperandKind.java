package io.github.rseq4j.internal.compile.x64;

import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Operand;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What an instruction takes at one place, by its name in the Intel manual (volume 2, section
 * 3.1.1.3).
 *
 * <p>One name is ours: {@code imm6} is the manual's imm8 where the hardware uses only its low six
 * bits, for shifts of 64-bit operands.
 */
enum OperandKind {
  R8("r8", Field.REG, 8),
  R16("r16", Field.REG, 16),
  R32("r32", Field.REG, 32),
  R64("r64", Field.REG, 64),
  RM8("r/m8", Field.RM, 8),
  RM16("r/m16", Field.RM, 16),
  RM32("r/m32", Field.RM, 32),
  RM64("r/m64", Field.RM, 64),
  M("m", Field.RM, 0),
  M64("m64", Field.RM, 64),
  M128("m128", Field.RM, 128),
  XMM("xmm", Field.REG, 128),
  XMM64("xmm/m64", Field.RM, 64),
  CL("cl", Field.NONE, 8),
  IMM6("imm6", Field.IMMEDIATE, 6),
  IMM8("imm8", Field.IMMEDIATE, 8),
  IMM32("imm32", Field.IMMEDIATE, 32),
  IMM64("imm64", Field.IMMEDIATE, 64),
  REL32("rel32", Field.IMMEDIATE, 32);

  /** The part of an instruction that holds an operand. */
  enum Field {
    /** Three bits of the ModRM byte or of the opcode: a register. */
    REG,
    /** The rm field of the ModRM byte and what follows it: a register or an address. */
    RM,
    /** The last bytes. */
    IMMEDIATE,
    /** Nothing: the opcode implies the operand. */
    NONE
  }

  private static final Map<String, OperandKind> BY_NOTATION =
      Arrays.stream(values()).collect(Collectors.toMap(k -> k.notation, Function.identity()));

  private final String notation;
  private final Field field;
  private final int bits;

  OperandKind(String notation, Field field, int bits) {
    this.notation = notation;
    this.field = field;
    this.bits = bits;
  }

  /** The kinds in a list like {@code "r64, r/m64"}. */
  static List<OperandKind> parse(String notations) {
    return notations.isEmpty()
        ? List.of()
        : Arrays.stream(notations.split(", ")).map(OperandKind::parseOne).toList();
  }

  private static OperandKind parseOne(String notation) {
    OperandKind kind = BY_NOTATION.get(notation);
    if (kind == null) {
      throw new IllegalArgumentException("no kind of operand is called " + notation);
    }
    return kind;
  }

  Field field() {
    return field;
  }

  /** The size of the register, of the memory or of the number in the instruction. */
  int bits() {
    return bits;
  }

  /**
   * Whether an operand can stand here.
   *
   * @param width how many bits the instruction works on, of which an immediate may use all
   */
  boolean accepts(Operand operand, int width) {
    return switch (this) {
      case R8, R16, R32, R64 -> operand instanceof Reg;
      case RM8, RM16, RM32, RM64 -> operand instanceof Reg || operand instanceof Mem;
      // lea computes an address and ignores the segment: fs: would silently be lost.
      case M -> operand instanceof Mem && !(operand instanceof Mem.Fs);
      case M64, M128 -> operand instanceof Mem;
      case XMM -> operand instanceof Xmm;
      case XMM64 -> operand instanceof Xmm || operand instanceof Mem;
      case CL -> operand == Reg.RCX;
      case IMM6, IMM8, IMM32, IMM64 ->
          operand instanceof Imm(long value) && least() <= value && value <= greatest(width);
      case REL32 -> operand instanceof Label;
    };
  }

  /** What can stand here, for a message. */
  String expectation(int width) {
    return switch (this) {
      case R8, R16, R32, R64 -> "a general-purpose register";
      case RM8, RM16, RM32, RM64 -> "a general-purpose register or memory";
      case M -> "memory without a segment";
      case M64, M128 -> "memory";
      case XMM -> "an xmm register";
      case XMM64 -> "an xmm register or memory";
      case CL -> "rcx";
      case IMM6, IMM8, IMM32, IMM64 ->
          "an immediate from %d to %d".formatted(least(), greatest(width));
      case REL32 -> "a label";
    };
  }

  /** The listing's text of an operand that can stand here. */
  String text(Operand operand, int width) {
    return switch (operand) {
      case Reg register -> register.name(bits);
      case Mem memory -> pointer() + memory;
      case Imm(long value) -> "0x" + Long.toHexString(value & (-1L >>> (Long.SIZE - width)));
      default -> operand.toString();
    };
  }

  private long least() {
    return switch (this) {
      case IMM6 -> 0;
      case IMM8 -> Byte.MIN_VALUE;
      case IMM32 -> Integer.MIN_VALUE;
      default -> Long.MIN_VALUE;
    };
  }

  private long greatest(int width) {
    return switch (this) {
      case IMM6 -> (1 << bits) - 1;
      case IMM8 -> Byte.MAX_VALUE;
      // As wide as the operation, it has no sign to extend: its bits may be written either way.
      case IMM32 -> width == bits ? (1L << bits) - 1 : Integer.MAX_VALUE;
      default -> Long.MAX_VALUE;
    };
  }

  private String pointer() {
    return switch (bits) {
      case 8 -> "BYTE PTR ";
      case 16 -> "WORD PTR ";
      case 32 -> "DWORD PTR ";
      case 64 -> "QWORD PTR ";
      case 128 -> "XMMWORD PTR ";
      default -> "";
    };
  }
}
