package io.github.rseq4j.internal.compile.x64;

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
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random instructions, read back by objdump: the same bytes, the same borders, the same text. */
class RoundTripTest {
  private static final int INSTRUCTIONS = 5_000;
  private static final int LABELS = 50;
  private static final int[] SCALES = {1, 2, 4, 8};
  private static final int[] DISPLACEMENTS = {
    0, 1, -1, 127, 128, -128, -129, Integer.MIN_VALUE, Integer.MAX_VALUE
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20250401, 0x5eed})
  void objdumpReadsWhatWasWritten(long seed) throws IOException {
    AssembledCode code = new Generator(seed).generate();
    List<Disassembled> expected = Disassembled.byLines(code);
    List<Disassembled> actual = Objdump.X86_64.read(code.bytes());
    assertThat(expected).hasSize(INSTRUCTIONS);
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      assertThat(actual.get(i)).as("seed %d, instruction %d", seed, i).isEqualTo(expected.get(i));
    }
    assertThat(actual).as("seed %d", seed).hasSameSizeAs(expected);
  }

  private static final class Generator {
    private final Random random;
    private final Assembler assembler = new Assembler((byte) 0xcc);
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
        emit(table[i % table.length]);
      }
      return assembler.finish();
    }

    private void emit(Insn insn) {
      List<OperandKind> kinds = insn.kinds();
      Stream<Operand> operands = kinds.stream().map(kind -> operand(kind, kinds.getFirst().bits()));
      assembler.emit(insn, operands.toArray(Operand[]::new));
    }

    private Operand operand(OperandKind kind, int width) {
      return switch (kind) {
        case R8, R16, R32, R64 -> register();
        case RM8, RM16, RM32, RM64 -> random.nextInt(3) == 0 ? register() : memory(true);
        case M -> memory(false);
        case M64, M128 -> memory(true);
        case XMM -> oneOf(Xmm.values());
        case CL -> Reg.RCX;
        case IMM6 -> immediate(0, 63);
        case IMM8 -> immediate(-128, 127);
        case IMM32 -> immediate(-1L << 31, width == 32 ? (1L << 32) - 1 : (1L << 31) - 1);
        case IMM64 -> immediate(Long.MIN_VALUE, Long.MAX_VALUE);
        case REL32 -> label();
      };
    }

    private Mem memory(boolean segmentAllowed) {
      return switch (random.nextInt(segmentAllowed ? 10 : 9)) {
        case 0, 1, 2, 3 -> Mem.at(register(), displacement());
        case 4, 5, 6, 7 -> Mem.at(register(), index(), SCALES[random.nextInt(4)], displacement());
        case 8 -> Mem.rip(label());
        default -> Mem.fs(displacement());
      };
    }

    private Reg register() {
      return oneOf(Reg.values());
    }

    private Reg index() {
      Reg index = register();
      return index == Reg.RSP ? Reg.R12 : index;
    }

    private <T> T oneOf(T[] values) {
      return values[random.nextInt(values.length)];
    }

    private Label label() {
      return labels.get(random.nextInt(LABELS));
    }

    private int displacement() {
      return switch (random.nextInt(3)) {
        case 0 -> random.nextInt();
        case 1 -> random.nextInt(512) - 256;
        default -> DISPLACEMENTS[random.nextInt(DISPLACEMENTS.length)];
      };
    }

    private Imm immediate(long least, long greatest) {
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
}
