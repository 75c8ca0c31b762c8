package io.github.rseq4j.internal.compile.a64;

import io.github.rseq4j.internal.asm.CodeBuffer;
import io.github.rseq4j.internal.asm.Encoding;
import io.github.rseq4j.internal.asm.Instruction;
import io.github.rseq4j.internal.asm.Operand;
import io.github.rseq4j.internal.asm.WordFormat;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table of instructions.
 *
 * <p>One instruction a line, much as in the Arm Architecture Reference Manual: the text, with the
 * operands in it, and the 32 bits, with a letter for each field. Where the manual leaves open what
 * happens if two registers are the same, these follow. {@link Syntax} and {@link Encoding} give the
 * notation its meaning, and nothing else knows any instruction: adding one is adding a line.
 *
 * <p>Some lines are special cases of others: {@code cmp} is {@code subs} with a result that goes
 * nowhere. Listings show the most special line that an instruction is, of two the first, as objdump
 * does.
 */
// The fields never change, but nothing says so to Error Prone, whose annotations are not used here.
@SuppressWarnings("ImmutableEnumChecker")
public enum Insn implements Instruction {
  // Moves. MOVZ and MOVN take the whole number that the register will hold.
  MOVZ_X_IMM("mov Xd, #wide", "1101 0010 1 hh iiiiiiiiiiiiiiii ddddd"),
  MOVN_X_IMM("mov Xd, #~wide", "1001 0010 1 hh iiiiiiiiiiiiiiii ddddd"),
  MOVK_X_IMM("movk Xd, #0xi", "1111 0010 1 00 iiiiiiiiiiiiiiii ddddd"),
  MOVK_X_IMM_LSL("movk Xd, #0xi, lsl #16*h", "1111 0010 1 hh iiiiiiiiiiiiiiii ddddd"),
  MOV_X_BITMASK("mov Xd|SP, #bitmask-wide", "1011 0010 0 N rrrrrr ssssss 11111 ddddd"),
  MOV_SP_BITMASK("mov sp, #bitmask", "1011 0010 0 N rrrrrr ssssss 11111 11111"),
  MOV_X_X("mov Xd, Xm", "1010 1010 000 mmmmm 000000 11111 ddddd"),
  MOV_X_SP("mov Xd|SP, sp", "1001 0001 00 000000000000 11111 ddddd"),
  MOV_SP_X("mov sp, Xn|SP", "1001 0001 00 000000000000 nnnnn 11111"),
  FMOV_D_X("fmov Dd, Xn", "1001 1110 011 00111 000000 nnnnn ddddd"),
  FMOV_X_D("fmov Xd, Dn", "1001 1110 011 00110 000000 nnnnn ddddd"),

  // Arithmetic.
  ADD_X_X_X("add Xd, Xn, Xm", "1000 1011 000 mmmmm 000000 nnnnn ddddd"),
  ADD_X_X_X_LSL("add Xd, Xn, Xm, lsl #x", "1000 1011 000 mmmmm xxxxxx nnnnn ddddd"),
  ADD_X_X_IMM("add Xd|SP, Xn|SP, #0xi", "1001 0001 00 iiiiiiiiiiii nnnnn ddddd"),
  ADD_X_X_IMM_LSL12("add Xd|SP, Xn|SP, #0xi, lsl #12", "1001 0001 01 iiiiiiiiiiii nnnnn ddddd"),
  SUB_X_X_X("sub Xd, Xn, Xm", "1100 1011 000 mmmmm 000000 nnnnn ddddd"),
  SUB_X_X_IMM("sub Xd|SP, Xn|SP, #0xi", "1101 0001 00 iiiiiiiiiiii nnnnn ddddd"),
  SUB_X_X_IMM_LSL12("sub Xd|SP, Xn|SP, #0xi, lsl #12", "1101 0001 01 iiiiiiiiiiii nnnnn ddddd"),
  SUBS_X_X_X("subs Xd, Xn, Xm", "1110 1011 000 mmmmm 000000 nnnnn ddddd"),
  SUBS_X_X_IMM("subs Xd, Xn|SP, #0xi", "1111 0001 00 iiiiiiiiiiii nnnnn ddddd"),
  SUBS_X_X_IMM_LSL12("subs Xd, Xn|SP, #0xi, lsl #12", "1111 0001 01 iiiiiiiiiiii nnnnn ddddd"),
  NEG_X_X("neg Xd, Xm", "1100 1011 000 mmmmm 000000 11111 ddddd"),
  NEGS_X_X("negs Xd, Xm", "1110 1011 000 mmmmm 000000 11111 ddddd"),
  MADD_X_X_X_X("madd Xd, Xn, Xm, Xa", "1001 1011 000 mmmmm 0 aaaaa nnnnn ddddd"),
  MUL_X_X_X("mul Xd, Xn, Xm", "1001 1011 000 mmmmm 0 11111 nnnnn ddddd"),
  FADD_D_D_D("fadd Dd, Dn, Dm", "0001 1110 011 mmmmm 001010 nnnnn ddddd"),

  // Comparisons.
  CMP_X_X("cmp Xn, Xm", "1110 1011 000 mmmmm 000000 nnnnn 11111"),
  CMP_XZR_X("cmp xzr, Xm", "1110 1011 000 mmmmm 000000 11111 11111"),
  CMP_X_IMM("cmp Xn|SP, #0xi", "1111 0001 00 iiiiiiiiiiii nnnnn 11111"),
  CMP_X_IMM_LSL12("cmp Xn|SP, #0xi, lsl #12", "1111 0001 01 iiiiiiiiiiii nnnnn 11111"),
  CMN_X_IMM("cmn Xn|SP, #0xi", "1011 0001 00 iiiiiiiiiiii nnnnn 11111"),
  CMN_X_IMM_LSL12("cmn Xn|SP, #0xi, lsl #12", "1011 0001 01 iiiiiiiiiiii nnnnn 11111"),
  TST_X_X("tst Xn, Xm", "1110 1010 000 mmmmm 000000 nnnnn 11111"),
  TST_X_BITMASK("tst Xn, #bitmask", "1111 0010 0 N rrrrrr ssssss nnnnn 11111"),

  // Logic.
  AND_X_X_X("and Xd, Xn, Xm", "1000 1010 000 mmmmm 000000 nnnnn ddddd"),
  AND_X_X_BITMASK("and Xd|SP, Xn, #bitmask", "1001 0010 0 N rrrrrr ssssss nnnnn ddddd"),
  ORR_X_X_X("orr Xd, Xn, Xm", "1010 1010 000 mmmmm 000000 nnnnn ddddd"),
  ORR_X_X_BITMASK("orr Xd|SP, Xn, #bitmask", "1011 0010 0 N rrrrrr ssssss nnnnn ddddd"),
  EOR_X_X_X("eor Xd, Xn, Xm", "1100 1010 000 mmmmm 000000 nnnnn ddddd"),
  EOR_X_X_BITMASK("eor Xd|SP, Xn, #bitmask", "1101 0010 0 N rrrrrr ssssss nnnnn ddddd"),
  MVN_X_X("mvn Xd, Xm", "1010 1010 001 mmmmm 000000 11111 ddddd"),
  LSL_X_X_X("lsl Xd, Xn, Xm", "1001 1010 110 mmmmm 001000 nnnnn ddddd"),
  LSR_X_X_X("lsr Xd, Xn, Xm", "1001 1010 110 mmmmm 001001 nnnnn ddddd"),
  ASR_X_X_X("asr Xd, Xn, Xm", "1001 1010 110 mmmmm 001010 nnnnn ddddd"),
  LSL_X_X_IMM("lsl Xd, Xn, #left", "1101 0011 01 rrrrrr ssssss nnnnn ddddd"),
  LSR_X_X_IMM("lsr Xd, Xn, #r", "1101 0011 01 rrrrrr 111111 nnnnn ddddd"),
  ASR_X_X_IMM("asr Xd, Xn, #r", "1001 0011 01 rrrrrr 111111 nnnnn ddddd"),
  CLZ_X_X("clz Xd, Xn", "1101 1010 110 00000 000100 nnnnn ddddd"),
  CSEL_X_X_X("csel Xd, Xn, Xm, cond", "1001 1010 100 mmmmm cccc 00 nnnnn ddddd"),

  // Memory at a base and an offset that counts in the unit of the access.
  LDR_X("ldr Xt, [Xn|SP, #8*i]", "1111 1001 01 iiiiiiiiiiii nnnnn ttttt"),
  LDR_W("ldr Wt, [Xn|SP, #4*i]", "1011 1001 01 iiiiiiiiiiii nnnnn ttttt"),
  LDRH_W("ldrh Wt, [Xn|SP, #2*i]", "0111 1001 01 iiiiiiiiiiii nnnnn ttttt"),
  LDRB_W("ldrb Wt, [Xn|SP, #i]", "0011 1001 01 iiiiiiiiiiii nnnnn ttttt"),
  LDR_Q("ldr Qt, [Xn|SP, #16*i]", "0011 1101 11 iiiiiiiiiiii nnnnn ttttt"),
  STR_X("str Xt, [Xn|SP, #8*i]", "1111 1001 00 iiiiiiiiiiii nnnnn ttttt"),
  STR_W("str Wt, [Xn|SP, #4*i]", "1011 1001 00 iiiiiiiiiiii nnnnn ttttt"),
  STRH_W("strh Wt, [Xn|SP, #2*i]", "0111 1001 00 iiiiiiiiiiii nnnnn ttttt"),
  STRB_W("strb Wt, [Xn|SP, #i]", "0011 1001 00 iiiiiiiiiiii nnnnn ttttt"),
  STR_Q("str Qt, [Xn|SP, #16*i]", "0011 1101 10 iiiiiiiiiiii nnnnn ttttt"),

  // Memory at a base and any small offset.
  LDUR_X("ldur Xt, [Xn|SP, #+-i]", "1111 1000 010 iiiiiiiii 00 nnnnn ttttt"),
  LDUR_W("ldur Wt, [Xn|SP, #+-i]", "1011 1000 010 iiiiiiiii 00 nnnnn ttttt"),
  LDURH_W("ldurh Wt, [Xn|SP, #+-i]", "0111 1000 010 iiiiiiiii 00 nnnnn ttttt"),
  LDURB_W("ldurb Wt, [Xn|SP, #+-i]", "0011 1000 010 iiiiiiiii 00 nnnnn ttttt"),
  LDUR_Q("ldur Qt, [Xn|SP, #+-i]", "0011 1100 110 iiiiiiiii 00 nnnnn ttttt"),
  STUR_X("stur Xt, [Xn|SP, #+-i]", "1111 1000 000 iiiiiiiii 00 nnnnn ttttt"),
  STUR_W("stur Wt, [Xn|SP, #+-i]", "1011 1000 000 iiiiiiiii 00 nnnnn ttttt"),
  STURH_W("sturh Wt, [Xn|SP, #+-i]", "0111 1000 000 iiiiiiiii 00 nnnnn ttttt"),
  STURB_W("sturb Wt, [Xn|SP, #+-i]", "0011 1000 000 iiiiiiiii 00 nnnnn ttttt"),
  STUR_Q("stur Qt, [Xn|SP, #+-i]", "0011 1100 100 iiiiiiiii 00 nnnnn ttttt"),

  // Memory at a base and an index, which may count in the unit of the access.
  LDR_X_INDEX("ldr Xt, [Xn|SP, Xm, lsl #3*x]", "1111 1000 011 mmmmm 011 x 10 nnnnn ttttt"),
  LDR_W_INDEX("ldr Wt, [Xn|SP, Xm, lsl #2*x]", "1011 1000 011 mmmmm 011 x 10 nnnnn ttttt"),
  LDRH_W_INDEX("ldrh Wt, [Xn|SP, Xm, lsl #x]", "0111 1000 011 mmmmm 011 x 10 nnnnn ttttt"),
  LDRB_W_INDEX("ldrb Wt, [Xn|SP, Xm]", "0011 1000 011 mmmmm 011 0 10 nnnnn ttttt"),
  LDR_Q_INDEX("ldr Qt, [Xn|SP, Xm, lsl #4*x]", "0011 1100 111 mmmmm 011 x 10 nnnnn ttttt"),
  STR_X_INDEX("str Xt, [Xn|SP, Xm, lsl #3*x]", "1111 1000 001 mmmmm 011 x 10 nnnnn ttttt"),
  STR_W_INDEX("str Wt, [Xn|SP, Xm, lsl #2*x]", "1011 1000 001 mmmmm 011 x 10 nnnnn ttttt"),
  STRH_W_INDEX("strh Wt, [Xn|SP, Xm, lsl #x]", "0111 1000 001 mmmmm 011 x 10 nnnnn ttttt"),
  STRB_W_INDEX("strb Wt, [Xn|SP, Xm]", "0011 1000 001 mmmmm 011 0 10 nnnnn ttttt"),
  STR_Q_INDEX("str Qt, [Xn|SP, Xm, lsl #4*x]", "0011 1100 101 mmmmm 011 x 10 nnnnn ttttt"),

  // Pairs.
  LDP("ldp Xt, Xu, [Xn|SP, #+-8*i]", "1010 1001 01 iiiiiii uuuuu nnnnn ttttt", "tu"),
  LDP_PRE("ldp Xt, Xu, [Xn|SP, #+-8*i]!", "1010 1001 11 iiiiiii uuuuu nnnnn ttttt", "tu tn un"),
  LDP_POST("ldp Xt, Xu, [Xn|SP], #+-8*i", "1010 1000 11 iiiiiii uuuuu nnnnn ttttt", "tu tn un"),
  STP("stp Xt, Xu, [Xn|SP, #+-8*i]", "1010 1001 00 iiiiiii uuuuu nnnnn ttttt"),
  STP_PRE("stp Xt, Xu, [Xn|SP, #+-8*i]!", "1010 1001 10 iiiiiii uuuuu nnnnn ttttt", "tn un"),
  STP_POST("stp Xt, Xu, [Xn|SP], #+-8*i", "1010 1000 10 iiiiiii uuuuu nnnnn ttttt", "tn un"),

  // Ordered and exclusive accesses.
  LDAR_X("ldar Xt, [Xn|SP]", "1100 1000 110 11111 1 11111 nnnnn ttttt"),
  LDAR_W("ldar Wt, [Xn|SP]", "1000 1000 110 11111 1 11111 nnnnn ttttt"),
  LDARH_W("ldarh Wt, [Xn|SP]", "0100 1000 110 11111 1 11111 nnnnn ttttt"),
  LDARB_W("ldarb Wt, [Xn|SP]", "0000 1000 110 11111 1 11111 nnnnn ttttt"),
  STLR_X("stlr Xt, [Xn|SP]", "1100 1000 100 11111 1 11111 nnnnn ttttt"),
  STLR_W("stlr Wt, [Xn|SP]", "1000 1000 100 11111 1 11111 nnnnn ttttt"),
  STLRH_W("stlrh Wt, [Xn|SP]", "0100 1000 100 11111 1 11111 nnnnn ttttt"),
  STLRB_W("stlrb Wt, [Xn|SP]", "0000 1000 100 11111 1 11111 nnnnn ttttt"),
  LDXR_X("ldxr Xt, [Xn|SP]", "1100 1000 010 11111 0 11111 nnnnn ttttt"),
  STXR_W_X("stxr Ws, Xt, [Xn|SP]", "1100 1000 000 sssss 0 11111 nnnnn ttttt", "st sn"),
  DMB_ISH("dmb ish", "1101 0101 0000 0011 0011 1011 101 11111"),
  DMB_ISHLD("dmb ishld", "1101 0101 0000 0011 0011 1001 101 11111"),
  DMB_ISHST("dmb ishst", "1101 0101 0000 0011 0011 1010 101 11111"),
  DSB_ISH("dsb ish", "1101 0101 0000 0011 0011 1011 100 11111"),
  DC_CVAU("dc cvau, Xt", "1101 0101 0000 1011 0111 1011 001 ttttt"),
  IC_IVAU("ic ivau, Xt", "1101 0101 0000 1011 0111 0101 001 ttttt"),
  ISB("isb", "1101 0101 0000 0011 0011 1111 110 11111"),

  // Jumps and addresses of code.
  B("b pc+-4*i", "0001 01 iiiiiiiiiiiiiiiiiiiiiiiiii"),
  B_COND("b.cond pc+-4*i", "0101 0100 iiiiiiiiiiiiiiiiiii 0 cccc"),
  CBZ_X("cbz Xt, pc+-4*i", "1011 0100 iiiiiiiiiiiiiiiiiii ttttt"),
  CBZ_W("cbz Wt, pc+-4*i", "0011 0100 iiiiiiiiiiiiiiiiiii ttttt"),
  CBNZ_X("cbnz Xt, pc+-4*i", "1011 0101 iiiiiiiiiiiiiiiiiii ttttt"),
  CBNZ_W("cbnz Wt, pc+-4*i", "0011 0101 iiiiiiiiiiiiiiiiiii ttttt"),
  ADR("adr Xd, pc+-j:i", "0 ii 10000 jjjjjjjjjjjjjjjjjjj ddddd"),
  RET("ret", "1101 0110 010 11111 000000 11110 00000"),

  // The rest.
  MRS_X_TPIDR_EL0("mrs Xt, tpidr_el0", "1101 0101 0011 1011 1101 0000 010 ttttt"),
  SVC("svc #0xi", "1101 0100 000 iiiiiiiiiiiiiiii 000 01"),
  BRK("brk #0xi", "1101 0100 001 iiiiiiiiiiiiiiii 000 00"),
  UDF("udf #i", "0000 0000 0000 0000 iiiiiiiiiiiiiiii"),
  NOP("nop", "1101 0101 0000 0011 0010 0000 000 11111");

  private static final List<Insn> MOST_SPECIAL_FIRST =
      Arrays.stream(values()).sorted(Comparator.comparingInt(insn -> -insn.fixedBits())).toList();

  private final WordFormat<OperandKind> format;
  private final List<String> different;

  Insn(String pattern, String encoding) {
    this(pattern, encoding, "");
  }

  /**
   * Makes a line.
   *
   * @param different pairs of fields that must not hold the same register
   */
  Insn(String pattern, String encoding, String different) {
    this.format = Syntax.parse(pattern, Encoding.parse(encoding));
    this.different = different.isEmpty() ? List.of() : List.of(different.split(" "));
  }

  /** Returns the instruction in the table's notation, such as {@code "ldr Xt, [Xn|SP, #8*i]"}. */
  @Override
  public String toString() {
    return format.toString();
  }

  /** What the operands may be, destination first. */
  List<OperandKind> kinds() {
    return format.places();
  }

  @Override
  public @Nullable String refusal(List<Operand> operands) {
    String refusal = format.refusal(operands);
    if (refusal != null) {
      return refusal;
    }
    for (String pair : different) {
      Reg register = register(pair.charAt(0), operands);
      if (register == register(pair.charAt(1), operands)) {
        return "%s cannot be both %c and %c".formatted(register, pair.charAt(0), pair.charAt(1));
      }
    }
    return null;
  }

  @Override
  public void write(List<Operand> operands, CodeBuffer out) {
    format.write(operands, out);
  }

  @Override
  public String text(List<Operand> operands) {
    int word = format.word(operands);
    for (Insn candidate : MOST_SPECIAL_FIRST) {
      if (candidate.fixedBits() <= fixedBits()) {
        break;
      }
      if (candidate.format.encoding().matches(word)) {
        List<Operand> same = candidate.kinds().stream().map(k -> sameField(k, operands)).toList();
        if (candidate.refusal(same) == null) {
          return candidate.format.text(same);
        }
      }
    }
    return format.text(operands);
  }

  private int fixedBits() {
    return format.encoding().fixedBits();
  }

  private Reg register(char letter, List<Operand> operands) {
    for (int i = 0; i < operands.size(); i++) {
      Reg register = kinds().get(i).register(letter, operands.get(i));
      if (register != null) {
        return register;
      }
    }
    throw new IllegalArgumentException(this + ": no register " + letter);
  }

  /** The operand of this instruction that another one has as well, in a place of this kind. */
  private Operand sameField(OperandKind kind, List<Operand> operands) {
    List<Character> letters = kinds().stream().map(each -> each.field().letter()).toList();
    return operands.get(letters.indexOf(kind.field().letter()));
  }
}
