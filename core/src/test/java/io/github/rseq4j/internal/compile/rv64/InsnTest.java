package io.github.rseq4j.internal.compile.rv64;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Field;
import io.github.rseq4j.internal.asm.GoldenRow;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.asm.Operand;
import io.github.rseq4j.internal.asm.Scaled;
import io.github.rseq4j.internal.compile.InsnContract;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each row of the table against {@code insn.golden}. */
class InsnTest extends InsnContract {
  InsnTest() {
    super(Insn.values(), Objdump.RISCV64);
  }

  @ParameterizedTest
  @EnumSource
  void isEncodedAsInTheGoldenFile(Insn insn) {
    Assembler assembler = new Assembler((byte) 0);
    Label self = assembler.newLabel(GoldenRow.SELF);
    assembler.bind(self);
    assembler.emit(
        insn, insn.kinds().stream().map(kind -> sample(kind, self)).toArray(Operand[]::new));
    assertThat(goldens(insn)).containsExactly(GoldenRow.of(insn.name(), assembler.finish()));
  }

  private static Operand sample(OperandKind kind, Label self) {
    return switch (kind) {
      case OperandKind.General(Field field) -> register(field.letter());
      case OperandKind.FloatingPoint _ -> FloatReg.FT10;
      case OperandKind.Immediate(Scaled number, boolean hex) ->
          new Imm(hex ? number.greatest() : number.least());
      case OperandKind.Target _, OperandKind.PcRelative _ -> self;
      case OperandKind.BaseOffset(Field base, Scaled offset) ->
          Mem.at(register(base.letter()), (int) offset.least());
    };
  }

  private static Reg register(char letter) {
    return switch (letter) {
      case 'd' -> Reg.S3;
      case 's' -> Reg.T5;
      default -> Reg.A0;
    };
  }
}
