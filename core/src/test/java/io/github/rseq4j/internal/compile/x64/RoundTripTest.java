package io.github.rseq4j.internal.compile.x64;

import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.asm.Operand;
import io.github.rseq4j.internal.compile.RoundTripContract;
import java.util.List;
import java.util.Random;

class RoundTripTest extends RoundTripContract<Insn> {
  private static final Integer[] SCALES = {1, 2, 4, 8};
  private static final Integer[] DISPLACEMENTS = {
    0, 1, -1, 127, 128, -128, -129, Integer.MIN_VALUE, Integer.MAX_VALUE
  };

  RoundTripTest() {
    super(Insn.values(), Objdump.X86_64);
  }

  @Override
  protected Operand[] operands(Insn insn, Chance chance) {
    List<OperandKind> kinds = insn.kinds();
    return kinds.stream()
        .map(kind -> operand(kind, kinds.getFirst().bits(), chance))
        .toArray(Operand[]::new);
  }

  private static Operand operand(OperandKind kind, int width, Chance chance) {
    return switch (kind) {
      case R8, R16, R32, R64 -> register(chance);
      case RM8, RM16, RM32, RM64 ->
          chance.random().nextInt(3) == 0 ? register(chance) : memory(true, chance);
      case M -> memory(false, chance);
      case M64, M128 -> memory(true, chance);
      case XMM -> chance.oneOf(Xmm.values());
      case XMM64 ->
          chance.random().nextInt(3) == 0 ? chance.oneOf(Xmm.values()) : memory(true, chance);
      case CL -> Reg.RCX;
      case IMM6 -> immediate(0, 63, chance);
      case IMM8 -> immediate(-128, 127, chance);
      case IMM32 -> immediate(-1L << 31, width == 32 ? (1L << 32) - 1 : (1L << 31) - 1, chance);
      case IMM64 -> immediate(Long.MIN_VALUE, Long.MAX_VALUE, chance);
      case REL32 -> chance.label();
    };
  }

  private static Mem memory(boolean segmentAllowed, Chance chance) {
    return switch (chance.random().nextInt(segmentAllowed ? 10 : 9)) {
      case 0, 1, 2, 3 -> Mem.at(register(chance), displacement(chance));
      case 4, 5, 6, 7 ->
          Mem.at(register(chance), index(chance), chance.oneOf(SCALES), displacement(chance));
      case 8 -> Mem.rip(chance.label());
      default -> Mem.fs(displacement(chance));
    };
  }

  private static Reg register(Chance chance) {
    return chance.oneOf(Reg.values());
  }

  private static Reg index(Chance chance) {
    Reg index = register(chance);
    return index == Reg.RSP ? Reg.R12 : index;
  }

  private static int displacement(Chance chance) {
    Random random = chance.random();
    return switch (random.nextInt(3)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextInt(512) - 256;
      default -> chance.oneOf(DISPLACEMENTS);
    };
  }

  private static Imm immediate(long least, long greatest, Chance chance) {
    Random random = chance.random();
    long value =
        switch (random.nextInt(6)) {
          case 0 -> least;
          case 1 -> greatest;
          case 2 -> 0;
          default -> random.nextLong(least, greatest);
        };
    return new Imm(value);
  }
}
