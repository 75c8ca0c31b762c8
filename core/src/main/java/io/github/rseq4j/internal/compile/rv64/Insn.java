package io.github.rseq4j.internal.compile.rv64;

import io.github.rseq4j.internal.asm.CodeBuffer;
import io.github.rseq4j.internal.asm.Encoding;
import io.github.rseq4j.internal.asm.Instruction;
import io.github.rseq4j.internal.asm.Operand;
import io.github.rseq4j.internal.asm.WordFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table of instructions.
 *
 * <p>One instruction a line, much as in the RISC-V Instruction Set Manual, volume I: the text, with
 * the operands in it, and the 32 bits, with a letter for each field. {@link Syntax} and {@link
 * Encoding} give the notation its meaning, and nothing else knows any instruction: adding one is
 * adding a line.
 *
 * <p>Pseudo-instructions are written as what they stand for, as {@code objdump -M no-aliases} does:
 * {@code addi a0,a1,0} for {@code mv}, {@code jalr zero,0(ra)} for {@code ret}.
 */
// The fields never change, but nothing says so to Error Prone, whose annotations are not used here.
@SuppressWarnings("ImmutableEnumChecker")
public enum Insn implements Instruction {
  // Constants and addresses of code.
  LUI("lui Xd,0xi", "iiiiiiiiiiiiiiiiiiii ddddd 0110111"),
  AUIPC("auipc Xd,0xi", "iiiiiiiiiiiiiiiiiiii ddddd 0010111"),
  AUIPC_LABEL("auipc Xd,%pcrel_hi(pc):i", "iiiiiiiiiiiiiiiiiiii ddddd 0010111"),
  ADDI_LABEL("addi Xd,Xs,%pcrel_lo(pc):i", "iiiiiiiiiiii sssss 000 ddddd 0010011"),

  // Arithmetic.
  ADDI("addi Xd,Xs,+-i", "iiiiiiiiiiii sssss 000 ddddd 0010011"),
  ADDIW("addiw Xd,Xs,+-i", "iiiiiiiiiiii sssss 000 ddddd 0011011"),
  ADD("add Xd,Xs,Xt", "0000000 ttttt sssss 000 ddddd 0110011"),
  SUB("sub Xd,Xs,Xt", "0100000 ttttt sssss 000 ddddd 0110011"),
  MUL("mul Xd,Xs,Xt", "0000001 ttttt sssss 000 ddddd 0110011"),
  SLTIU("sltiu Xd,Xs,+-i", "iiiiiiiiiiii sssss 011 ddddd 0010011"),

  // Logic.
  ANDI("andi Xd,Xs,+-i", "iiiiiiiiiiii sssss 111 ddddd 0010011"),
  ORI("ori Xd,Xs,+-i", "iiiiiiiiiiii sssss 110 ddddd 0010011"),
  XORI("xori Xd,Xs,+-i", "iiiiiiiiiiii sssss 100 ddddd 0010011"),
  AND("and Xd,Xs,Xt", "0000000 ttttt sssss 111 ddddd 0110011"),
  OR("or Xd,Xs,Xt", "0000000 ttttt sssss 110 ddddd 0110011"),
  XOR("xor Xd,Xs,Xt", "0000000 ttttt sssss 100 ddddd 0110011"),
  SLLI("slli Xd,Xs,0xi", "000000 iiiiii sssss 001 ddddd 0010011"),
  SRLI("srli Xd,Xs,0xi", "000000 iiiiii sssss 101 ddddd 0010011"),
  SRAI("srai Xd,Xs,0xi", "010000 iiiiii sssss 101 ddddd 0010011"),
  SLL("sll Xd,Xs,Xt", "0000000 ttttt sssss 001 ddddd 0110011"),
  SRL("srl Xd,Xs,Xt", "0000000 ttttt sssss 101 ddddd 0110011"),
  SRA("sra Xd,Xs,Xt", "0100000 ttttt sssss 101 ddddd 0110011"),

  // Memory.
  LD("ld Xd,+-i(Xs)", "iiiiiiiiiiii sssss 011 ddddd 0000011"),
  LW("lw Xd,+-i(Xs)", "iiiiiiiiiiii sssss 010 ddddd 0000011"),
  LWU("lwu Xd,+-i(Xs)", "iiiiiiiiiiii sssss 110 ddddd 0000011"),
  LHU("lhu Xd,+-i(Xs)", "iiiiiiiiiiii sssss 101 ddddd 0000011"),
  LBU("lbu Xd,+-i(Xs)", "iiiiiiiiiiii sssss 100 ddddd 0000011"),
  SD("sd Xt,+-i:j(Xs)", "iiiiiii ttttt sssss 011 jjjjj 0100011"),
  SW("sw Xt,+-i:j(Xs)", "iiiiiii ttttt sssss 010 jjjjj 0100011"),
  SH("sh Xt,+-i:j(Xs)", "iiiiiii ttttt sssss 001 jjjjj 0100011"),
  SB("sb Xt,+-i:j(Xs)", "iiiiiii ttttt sssss 000 jjjjj 0100011"),
  AMOADD_D("amoadd.d Xd,Xt,(Xs)", "00000 00 ttttt sssss 011 ddddd 0101111"),
  FENCE_R_RW("fence r,rw", "0000 0010 0011 00000 000 00000 0001111"),
  FENCE_RW_W("fence rw,w", "0000 0011 0001 00000 000 00000 0001111"),
  FENCE_RW_RW("fence rw,rw", "0000 0011 0011 00000 000 00000 0001111"),

  // Jumps.
  BEQ("beq Xs,Xt,pc+-2*h:g:i:j", "h iiiiii ttttt sssss 000 jjjj g 1100011"),
  BNE("bne Xs,Xt,pc+-2*h:g:i:j", "h iiiiii ttttt sssss 001 jjjj g 1100011"),
  BGE("bge Xs,Xt,pc+-2*h:g:i:j", "h iiiiii ttttt sssss 101 jjjj g 1100011"),
  BLTU("bltu Xs,Xt,pc+-2*h:g:i:j", "h iiiiii ttttt sssss 110 jjjj g 1100011"),
  BGEU("bgeu Xs,Xt,pc+-2*h:g:i:j", "h iiiiii ttttt sssss 111 jjjj g 1100011"),
  JAL("jal Xd,pc+-2*h:j:g:i", "h iiiiiiiiii g jjjjjjjj ddddd 1101111"),
  JALR("jalr Xd,+-i(Xs)", "iiiiiiiiiiii sssss 000 ddddd 1100111"),

  // Floating point.
  FMV_D_X("fmv.d.x Fd,Xs", "1111001 00000 sssss 000 ddddd 1010011"),
  FMV_X_D("fmv.x.d Xd,Fs", "1110001 00000 sssss 000 ddddd 1010011"),
  FADD_D_RNE("fadd.d Fd,Fs,Ft,rne", "0000001 ttttt sssss 000 ddddd 1010011"),
  FCVT_D_LU_RTZ("fcvt.d.lu Fd,Xs,rtz", "1101001 00011 sssss 001 ddddd 1010011"),

  // The rest.
  ECALL("ecall", "000000000000 00000 000 00000 1110011");

  private final WordFormat<OperandKind> format;

  Insn(String pattern, String encoding) {
    this.format = Syntax.parse(pattern, Encoding.parse(encoding));
  }

  /** Returns the instruction in the table's notation, such as {@code "sd Xt,+-i:j(Xs)"}. */
  @Override
  public String toString() {
    return format.toString();
  }

  /** What the operands may be, in the order of the text. */
  List<OperandKind> kinds() {
    return format.places();
  }

  @Override
  public @Nullable String refusal(List<Operand> operands) {
    return format.refusal(operands);
  }

  @Override
  public void write(List<Operand> operands, CodeBuffer out) {
    format.write(operands, out);
  }

  @Override
  public String text(List<Operand> operands) {
    return format.text(operands);
  }
}
