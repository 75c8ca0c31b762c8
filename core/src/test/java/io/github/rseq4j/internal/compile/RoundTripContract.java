package io.github.rseq4j.internal.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Disassembled;
import io.github.rseq4j.internal.asm.Instruction;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.asm.Operand;
import io.github.rseq4j.internal.asm.Scaled;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random instructions, read back by objdump: the same bytes, the same borders, the same text. */
public abstract class RoundTripContract<I extends Instruction> {
  private static final int INSTRUCTIONS = 5_000;
  private static final int LABELS = 50;
  private static final int BLOCK = INSTRUCTIONS / LABELS;

  /** How many labels in each direction are near enough for every jump. */
  private static final int NEAR = 8;

  private final I[] table;
  private final Objdump objdump;

  /**
   * Makes the contract.
   *
   * @param table all instructions
   * @param objdump what reads their code
   */
  protected RoundTripContract(I[] table, Objdump objdump) {
    this.table = table;
    this.objdump = objdump;
  }

  /** Returns random operands that are each of the right kind. */
  protected abstract Operand[] operands(I insn, Chance chance);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20250401, 0x5eed})
  public void objdumpReadsWhatWasWritten(long seed) throws IOException {
    AssembledCode code = generate(seed);
    List<Disassembled> expected = Disassembled.byLines(code);
    List<Disassembled> actual = objdump.read(code.bytes());
    assertThat(expected).hasSize(INSTRUCTIONS);
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      assertThat(actual.get(i)).as("seed %d, instruction %d", seed, i).isEqualTo(expected.get(i));
    }
    assertThat(actual).as("seed %d", seed).hasSameSizeAs(expected);
  }

  private AssembledCode generate(long seed) {
    Assembler assembler = new Assembler((byte) 0);
    List<Label> labels =
        IntStream.range(0, LABELS).mapToObj(i -> assembler.newLabel("L" + i)).toList();
    Random random = new Random(seed);
    for (int i = 0; i < INSTRUCTIONS; i++) {
      int block = i / BLOCK;
      if (i % BLOCK == 0) {
        assembler.bind(labels.get(block));
      }
      List<Label> near =
          labels.subList(Math.max(block - NEAR, 0), Math.min(block + NEAR + 1, LABELS));
      I insn = table[i % table.length];
      assembler.emit(insn, fitting(insn, new Chance(random, near)));
    }
    return assembler.finish();
  }

  /** Returns operands that the instruction takes: of registers, two may have to differ. */
  private Operand[] fitting(I insn, Chance chance) {
    while (true) {
      Operand[] operands = operands(insn, chance);
      if (insn.takes(operands)) {
        return operands;
      }
    }
  }

  /**
   * What operands are made of.
   *
   * @param random the source of it
   * @param labels those that can be jumped to
   */
  public record Chance(Random random, List<Label> labels) {
    /** Returns a label. */
    public Label label() {
      return labels.get(random.nextInt(labels.size()));
    }

    /** Returns one of some values. */
    public <T> T oneOf(T[] values) {
      return values[random.nextInt(values.length)];
    }

    /** Returns a number, often one at the border of those that fit. */
    public long number(Scaled number) {
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
  }
}
