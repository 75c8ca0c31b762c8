package io.github.rseq4j.internal.compile.rv64;

import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.asm.Operand;
import io.github.rseq4j.internal.asm.Scaled;
import io.github.rseq4j.internal.compile.RoundTripContract;

class RoundTripTest extends RoundTripContract<Insn> {
  RoundTripTest() {
    super(Insn.values(), Objdump.RISCV64);
  }

  @Override
  protected Operand[] operands(Insn insn, Chance chance) {
    return insn.kinds().stream().map(kind -> operand(kind, chance)).toArray(Operand[]::new);
  }

  private static Operand operand(OperandKind kind, Chance chance) {
    return switch (kind) {
      case OperandKind.General _ -> chance.oneOf(Reg.values());
      case OperandKind.FloatingPoint _ -> chance.oneOf(FloatReg.values());
      case OperandKind.Immediate(Scaled number, _) -> new Imm(chance.number(number));
      case OperandKind.Target _, OperandKind.PcRelative _ -> chance.label();
      case OperandKind.BaseOffset(_, Scaled offset) ->
          Mem.at(chance.oneOf(Reg.values()), (int) chance.number(offset));
    };
  }
}
