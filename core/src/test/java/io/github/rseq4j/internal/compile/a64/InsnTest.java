package io.github.rseq4j.internal.compile.a64;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
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
    super(Insn.values(), Objdump.AARCH64);
  }

  @ParameterizedTest
  @EnumSource
  void isEncodedAsInTheGoldenFile(Insn insn) {
    assertThat(goldens(insn)).containsExactly(GoldenRow.of(insn.name(), assemble(insn)));
  }

  private static AssembledCode assemble(Insn insn) {
    Assembler assembler = new Assembler((byte) 0);
    Label self = assembler.newLabel(GoldenRow.SELF);
    assembler.bind(self);
    assembler.emit(
        insn, insn.kinds().stream().map(kind -> sample(kind, self)).toArray(Operand[]::new));
    return assembler.finish();
  }

  private static Operand sample(OperandKind kind, Label self) {
    return switch (kind) {
      case OperandKind.General(Field field, _, boolean sp) when sp && field.letter() == 'n' ->
          Reg.SP;
      case OperandKind.General(Field field, _, _) -> register(field.letter());
      case OperandKind.Vector _ -> Vec.V21;
      case OperandKind.Condition _ -> Cond.HI;
      case OperandKind.Immediate(Scaled number, _) -> new Imm(number.greatest());
      case OperandKind.LeftShift _ -> new Imm(5);
      case OperandKind.Wide(_, boolean inverted) ->
          new Imm(inverted ? ~0x9abc_0000_0000L : 0x1234_0000L);
      case OperandKind.Logical _ -> new Imm(0xf00f_f00f_f00f_f00fL);
      case OperandKind.Target _ -> self;
      case OperandKind.BaseOffset(_, Scaled offset, Mem.Indexing indexing) -> {
        long value = offset.signed() ? offset.least() : offset.greatest();
        yield new Mem.Based(Reg.SP, (int) value, indexing);
      }
      case OperandKind.BaseIndex(_, _, Scaled shift) ->
          Mem.at(Reg.X18, Reg.X25, (int) shift.greatest());
    };
  }

  private static Reg register(char letter) {
    return switch (letter) {
      case 'd', 't' -> Reg.X19;
      case 'n' -> Reg.X30;
      case 'm', 'u' -> Reg.X10;
      default -> Reg.X5;
    };
  }
}
