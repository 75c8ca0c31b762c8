package io.github.rseq4j.internal.compile.x64;

import io.github.rseq4j.internal.asm.CodeBuffer;
import io.github.rseq4j.internal.asm.Instruction;
import io.github.rseq4j.internal.asm.Operand;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The table of instructions.
 *
 * <p>One instruction a line, in the notation of the Intel manual (volume 2): the mnemonic, the
 * operands, destination first, and the encoding. The name of a line is the mnemonic and the kinds
 * of its operands. {@link OperandKind} and {@link Encoding} give the notation its meaning, and
 * nothing else knows any instruction: adding one is adding a line.
 */
// The fields never change, but nothing says so to Error Prone, whose annotations are not used here.
@SuppressWarnings("ImmutableEnumChecker")
public enum Insn implements Instruction {
  // Moves.
  MOV_R64_RM64("mov", "r64, r/m64", "REX.W 8B /r"),
  MOV_RM64_R64("mov", "r/m64, r64", "REX.W 89 /r"),
  MOV_R32_RM32("mov", "r32, r/m32", "8B /r"),
  MOV_RM32_R32("mov", "r/m32, r32", "89 /r"),
  MOV_RM16_R16("mov", "r/m16, r16", "66 89 /r"),
  MOV_RM8_R8("mov", "r/m8, r8", "88 /r"),
  MOV_R32_IMM32("mov", "r32, imm32", "B8+rd id"),
  MOV_RM32_IMM32("mov", "r/m32, imm32", "C7 /0 id"),
  MOV_RM64_IMM32("mov", "r/m64, imm32", "REX.W C7 /0 id"),
  MOVABS_R64_IMM64("movabs", "r64, imm64", "REX.W B8+rd io"),
  MOVZX_R32_RM8("movzx", "r32, r/m8", "0F B6 /r"),
  MOVZX_R32_RM16("movzx", "r32, r/m16", "0F B7 /r"),
  LEA_R64_M("lea", "r64, m", "REX.W 8D /r"),
  PUSH_R64("push", "r64", "50+rd"),
  POP_R64("pop", "r64", "58+rd"),

  // Conditional moves; below and above are unsigned, less and greater signed.
  CMOVE_R64_RM64("cmove", "r64, r/m64", "REX.W 0F 44 /r"),
  CMOVNE_R64_RM64("cmovne", "r64, r/m64", "REX.W 0F 45 /r"),
  CMOVB_R64_RM64("cmovb", "r64, r/m64", "REX.W 0F 42 /r"),
  CMOVA_R64_RM64("cmova", "r64, r/m64", "REX.W 0F 47 /r"),
  CMOVL_R64_RM64("cmovl", "r64, r/m64", "REX.W 0F 4C /r"),
  CMOVG_R64_RM64("cmovg", "r64, r/m64", "REX.W 0F 4F /r"),

  // Arithmetic and logic.
  ADD_R64_RM64("add", "r64, r/m64", "REX.W 03 /r"),
  ADD_RM64_R64("add", "r/m64, r64", "REX.W 01 /r"),
  ADD_RM64_IMM8("add", "r/m64, imm8", "REX.W 83 /0 ib"),
  ADD_RM64_IMM32("add", "r/m64, imm32", "REX.W 81 /0 id"),
  OR_R64_RM64("or", "r64, r/m64", "REX.W 0B /r"),
  OR_RM64_R64("or", "r/m64, r64", "REX.W 09 /r"),
  OR_RM64_IMM8("or", "r/m64, imm8", "REX.W 83 /1 ib"),
  OR_RM64_IMM32("or", "r/m64, imm32", "REX.W 81 /1 id"),
  AND_R64_RM64("and", "r64, r/m64", "REX.W 23 /r"),
  AND_RM64_R64("and", "r/m64, r64", "REX.W 21 /r"),
  AND_RM64_IMM8("and", "r/m64, imm8", "REX.W 83 /4 ib"),
  AND_RM64_IMM32("and", "r/m64, imm32", "REX.W 81 /4 id"),
  SUB_R64_RM64("sub", "r64, r/m64", "REX.W 2B /r"),
  SUB_RM64_R64("sub", "r/m64, r64", "REX.W 29 /r"),
  SUB_RM64_IMM8("sub", "r/m64, imm8", "REX.W 83 /5 ib"),
  SUB_RM64_IMM32("sub", "r/m64, imm32", "REX.W 81 /5 id"),
  XOR_R64_RM64("xor", "r64, r/m64", "REX.W 33 /r"),
  XOR_RM64_R64("xor", "r/m64, r64", "REX.W 31 /r"),
  XOR_RM64_IMM8("xor", "r/m64, imm8", "REX.W 83 /6 ib"),
  XOR_RM64_IMM32("xor", "r/m64, imm32", "REX.W 81 /6 id"),
  XOR_R32_RM32("xor", "r32, r/m32", "33 /r"),
  NEG_RM64("neg", "r/m64", "REX.W F7 /3"),
  NOT_RM64("not", "r/m64", "REX.W F7 /2"),
  IMUL_R64_RM64("imul", "r64, r/m64", "REX.W 0F AF /r"),
  SHL_RM64_IMM6("shl", "r/m64, imm6", "REX.W C1 /4 ib"),
  SHR_RM64_IMM6("shr", "r/m64, imm6", "REX.W C1 /5 ib"),
  SAR_RM64_IMM6("sar", "r/m64, imm6", "REX.W C1 /7 ib"),
  SHL_RM64_CL("shl", "r/m64, cl", "REX.W D3 /4"),
  SHR_RM64_CL("shr", "r/m64, cl", "REX.W D3 /5"),
  SAR_RM64_CL("sar", "r/m64, cl", "REX.W D3 /7"),
  BSR_R64_RM64("bsr", "r64, r/m64", "REX.W 0F BD /r"),

  // Comparisons.
  CMP_R64_RM64("cmp", "r64, r/m64", "REX.W 3B /r"),
  CMP_RM64_R64("cmp", "r/m64, r64", "REX.W 39 /r"),
  CMP_RM64_IMM8("cmp", "r/m64, imm8", "REX.W 83 /7 ib"),
  CMP_RM64_IMM32("cmp", "r/m64, imm32", "REX.W 81 /7 id"),
  CMP_R32_RM32("cmp", "r32, r/m32", "3B /r"),
  CMP_RM32_IMM8("cmp", "r/m32, imm8", "83 /7 ib"),
  CMP_RM32_IMM32("cmp", "r/m32, imm32", "81 /7 id"),
  TEST_RM64_R64("test", "r/m64, r64", "REX.W 85 /r"),

  // Jumps.
  JMP("jmp", "rel32", "E9 cd"),
  JE("je", "rel32", "0F 84 cd"),
  JNE("jne", "rel32", "0F 85 cd"),
  JB("jb", "rel32", "0F 82 cd"),
  JAE("jae", "rel32", "0F 83 cd"),
  JBE("jbe", "rel32", "0F 86 cd"),
  JA("ja", "rel32", "0F 87 cd"),
  JL("jl", "rel32", "0F 8C cd"),
  JGE("jge", "rel32", "0F 8D cd"),
  JLE("jle", "rel32", "0F 8E cd"),
  JG("jg", "rel32", "0F 8F cd"),
  CALL_RM64("call", "r/m64", "FF /2"),
  RET("ret", "", "C3"),

  // Atomic operations and ordering.
  LOCK_INC_M64("lock inc", "m64", "F0 REX.W FF /0"),
  LOCK_ADD_M64_IMM8("lock add", "m64, imm8", "F0 REX.W 83 /0 ib"),
  MFENCE("mfence", "", "NP 0F AE F0"),

  // Vectors.
  MOVUPS_XMM_M128("movups", "xmm, m128", "NP 0F 10 /r"),
  MOVUPS_M128_XMM("movups", "m128, xmm", "NP 0F 11 /r"),
  MOVQ_XMM_RM64("movq", "xmm, r/m64", "66 REX.W 0F 6E /r"),
  MOVQ_RM64_XMM("movq", "r/m64, xmm", "66 REX.W 0F 7E /r"),
  ADDSD_XMM_XMM64("addsd", "xmm, xmm/m64", "F2 0F 58 /r"),

  // The rest.
  NOP("nop", "", "90"),
  INT3("int3", "", "CC"),
  SYSCALL("syscall", "", "0F 05");

  private final String mnemonic;
  private final String pattern;
  private final List<OperandKind> kinds;
  private final Encoding encoding;

  Insn(String mnemonic, String operands, String encoding) {
    this.mnemonic = mnemonic;
    this.pattern = (mnemonic + " " + operands).strip();
    this.kinds = OperandKind.parse(operands);
    this.encoding = Encoding.parse(kinds, encoding);
  }

  /** Returns the instruction in the manual's notation, such as {@code "add r/m64, imm8"}. */
  @Override
  public String toString() {
    return pattern;
  }

  /** What the operands may be, destination first. */
  List<OperandKind> kinds() {
    return kinds;
  }

  @Override
  public @Nullable String refusal(List<Operand> operands) {
    if (operands.size() != kinds.size()) {
      return "takes %d operands, not the %d of %s"
          .formatted(kinds.size(), operands.size(), operands);
    }
    for (int i = 0; i < kinds.size(); i++) {
      if (!kinds.get(i).accepts(operands.get(i), width())) {
        return "operand %d is %s, must be %s"
            .formatted(i + 1, operands.get(i), kinds.get(i).expectation(width()));
      }
    }
    return null;
  }

  @Override
  public void write(List<Operand> operands, CodeBuffer out) {
    encoding.write(operands, out);
  }

  @Override
  public String text(List<Operand> operands) {
    return IntStream.range(0, kinds.size())
        .mapToObj(i -> kinds.get(i).text(operands.get(i), width()))
        .collect(Collectors.joining(",", kinds.isEmpty() ? mnemonic : mnemonic + " ", ""));
  }

  /** How many bits the instruction works on: those of its destination. */
  private int width() {
    return kinds.getFirst().bits();
  }
}
