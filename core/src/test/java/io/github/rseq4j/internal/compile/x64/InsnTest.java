package io.github.rseq4j.internal.compile.x64;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.GoldenRow;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.asm.Operand;
import io.github.rseq4j.internal.compile.InsnContract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each row of the table against {@code insn.golden}, once with a register and once with memory
 * where the instruction takes either.
 */
class InsnTest extends InsnContract {
  InsnTest() {
    super(Insn.values(), Objdump.X86_64);
  }

  @ParameterizedTest
  @EnumSource
  void isEncodedAsInTheGoldenFile(Insn insn) {
    List<GoldenRow> actual =
        Stream.of(false, true)
            .map(inMemory -> GoldenRow.of(insn.name(), assemble(insn, inMemory)))
            .distinct()
            .toList();
    assertThat(actual).isEqualTo(goldens(insn));
  }

  private static AssembledCode assemble(Insn insn, boolean inMemory) {
    Assembler assembler = new Assembler((byte) 0xcc);
    Label self = assembler.newLabel(GoldenRow.SELF);
    assembler.bind(self);
    assembler.emit(
        insn,
        insn.kinds().stream().map(kind -> sample(kind, inMemory, self)).toArray(Operand[]::new));
    return assembler.finish();
  }

  private static Operand sample(OperandKind kind, boolean inMemory, Label self) {
    return switch (kind) {
      case R8 -> Reg.RSI;
      case R16 -> Reg.R9;
      case R32 -> Reg.RBX;
      case R64 -> Reg.R10;
      case RM8 -> inMemory ? Mem.at(Reg.RSP, 127) : Reg.RDI;
      case RM16 -> inMemory ? Mem.at(Reg.RBP, 0) : Reg.RCX;
      case RM32 -> inMemory ? Mem.at(Reg.R13, Reg.RBX, 4, -128) : Reg.R14;
      case RM64 -> inMemory ? Mem.at(Reg.R12, Reg.RDX, 8, 128) : Reg.R15;
      case M -> Mem.at(Reg.RBP, Reg.R12, 1, 0);
      case M64 -> Mem.fs(-32);
      case M128 -> Mem.at(Reg.R11, 16);
      case XMM -> Xmm.XMM12;
      case XMM64 -> inMemory ? Mem.at(Reg.RSP, 0) : Xmm.XMM9;
      case CL -> Reg.RCX;
      case IMM6 -> new Imm(63);
      case IMM8 -> new Imm(-2);
      case IMM32 -> new Imm(0x12345678);
      case IMM64 -> new Imm(0x123456789abcdef0L);
      case REL32 -> self;
    };
  }
}
