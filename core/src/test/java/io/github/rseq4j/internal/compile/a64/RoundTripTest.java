package io.github.rseq4j.internal.compile.a64;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Disassembled;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.asm.Operand;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random instructions, read back by objdump: the same bytes, the same borders, the same text. */
class RoundTripTest {
  private static final int INSTRUCTIONS = 5_000;
  private static final int LABELS = 50;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20250401, 0x5eed})
  void objdumpReadsWhatWasWritten(long seed) throws IOException {
    AssembledCode code = new Generator(seed).generate();
    List<Disassembled> expected = Disassembled.byLines(code);
    List<Disassembled> actual = Objdump.AARCH64.read(code.bytes());
    assertThat(expected).hasSize(INSTRUCTIONS);
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      assertThat(actual.get(i)).as("seed %d, instruction %d", seed, i).isEqualTo(expected.get(i));
    }
    assertThat(actual).as("seed %d", seed).hasSameSizeAs(expected);
  }

  private static final class Generator {
    private final Random random;
    private final Assembler assembler = new Assembler((byte) 0);
    private final long[] bitmasks =
        BitmaskTest.DEFINED.keySet().stream().mapToLong(Long::longValue).toArray();
    private final List<Label> labels =
        IntStream.range(0, LABELS).mapToObj(i -> assembler.newLabel("L" + i)).toList();

    Generator(long seed) {
      random = new Random(seed);
    }

    AssembledCode generate() {
      Insn[] table = Insn.values();
      for (int i = 0; i < INSTRUCTIONS; i++) {
        if (i % (INSTRUCTIONS / LABELS) == 0) {
          assembler.bind(labels.get(i / (INSTRUCTIONS / LABELS)));
        }
        Insn insn = table[i % table.length];
        assembler.emit(insn, operands(insn));
      }
      return assembler.finish();
    }

    /** Operands that are each of the right kind and not, of registers, two that must differ. */
    private Operand[] operands(Insn insn) {
      while (true) {
        Operand[] operands = insn.kinds().stream().map(this::operand).toArray(Operand[]::new);
        if (insn.takes(operands)) {
          return operands;
        }
      }
    }

    private Operand operand(OperandKind kind) {
      return switch (kind) {
        case OperandKind.General(_, _, boolean sp) -> register(sp ? Reg.SP : Reg.XZR);
        case OperandKind.Vector _ -> oneOf(Vec.values());
        case OperandKind.Condition _ -> oneOf(Cond.values());
        case OperandKind.Immediate(Scaled number, _) -> new Imm(number(number));
        case OperandKind.LeftShift _ -> new Imm(random.nextInt(64));
        case OperandKind.Wide(_, boolean inverted) -> new Imm(inverted ? ~wide() : wide());
        case OperandKind.Logical _ -> new Imm(bitmask());
        case OperandKind.Target _ -> labels.get(random.nextInt(LABELS));
        case OperandKind.BaseOffset(_, Scaled offset, Mem.Indexing indexing) ->
            new Mem.Based(register(Reg.SP), (int) number(offset), indexing);
        case OperandKind.BaseIndex(_, _, Scaled shift) ->
            Mem.at(register(Reg.SP), register(Reg.XZR), (int) number(shift));
      };
    }

    private Reg register(Reg number31) {
      Reg register =
          switch (random.nextInt(6)) {
            case 0 -> Reg.X0;
            case 1 -> Reg.X30;
            case 2 -> number31;
            default -> oneOf(Reg.values());
          };
      return register.number() == number31.number() ? number31 : register;
    }

    private long number(Scaled number) {
      return switch (random.nextInt(6)) {
        case 0 -> number.least();
        case 1 -> number.greatest();
        case 2 -> 0;
        default -> {
          long steps = (number.greatest() - number.least()) / number.scale();
          yield number.least() + random.nextLong(steps + 1) * number.scale();
        }
      };
    }

    private long wide() {
      long part = new long[] {0, 1, 0xffff, random.nextInt(0x10000)}[random.nextInt(4)];
      return part << (16 * random.nextInt(4));
    }

    private long bitmask() {
      return bitmasks[random.nextInt(bitmasks.length)];
    }

    private <T> T oneOf(T[] values) {
      return values[random.nextInt(values.length)];
    }
  }
}
