package io.github.rseq4j.internal.compile.a64;

import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.asm.Operand;
import io.github.rseq4j.internal.asm.Scaled;
import io.github.rseq4j.internal.compile.RoundTripContract;
import java.util.Random;

class RoundTripTest extends RoundTripContract<Insn> {
  private static final long[] BITMASKS =
      BitmaskTest.DEFINED.keySet().stream().mapToLong(Long::longValue).toArray();

  RoundTripTest() {
    super(Insn.values(), Objdump.AARCH64);
  }

  @Override
  protected Operand[] operands(Insn insn, Chance chance) {
    return insn.kinds().stream().map(kind -> operand(kind, chance)).toArray(Operand[]::new);
  }

  private static Operand operand(OperandKind kind, Chance chance) {
    Random random = chance.random();
    return switch (kind) {
      case OperandKind.General(_, _, boolean sp) -> register(sp ? Reg.SP : Reg.XZR, chance);
      case OperandKind.Vector _ -> chance.oneOf(Vec.values());
      case OperandKind.Condition _ -> chance.oneOf(Cond.values());
      case OperandKind.Immediate(Scaled number, _) -> new Imm(chance.number(number));
      case OperandKind.LeftShift _ -> new Imm(random.nextInt(64));
      case OperandKind.Wide(_, boolean inverted) ->
          new Imm(inverted ? ~wide(random) : wide(random));
      case OperandKind.Logical _ -> new Imm(BITMASKS[random.nextInt(BITMASKS.length)]);
      case OperandKind.Target _ -> chance.label();
      case OperandKind.BaseOffset(_, Scaled offset, Mem.Indexing indexing) ->
          new Mem.Based(register(Reg.SP, chance), (int) chance.number(offset), indexing);
      case OperandKind.BaseIndex(_, _, Scaled shift) ->
          Mem.at(register(Reg.SP, chance), register(Reg.XZR, chance), (int) chance.number(shift));
    };
  }

  private static Reg register(Reg number31, Chance chance) {
    Reg register =
        switch (chance.random().nextInt(6)) {
          case 0 -> Reg.X0;
          case 1 -> Reg.X30;
          case 2 -> number31;
          default -> chance.oneOf(Reg.values());
        };
    return register.number() == number31.number() ? number31 : register;
  }

  private static long wide(Random random) {
    long part = new long[] {0, 1, 0xffff, random.nextInt(0x10000)}[random.nextInt(4)];
    return part << (16 * random.nextInt(4));
  }
}
