package io.github.rseq4j.internal.compile.a64;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Disassembled;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Objdump;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BitmaskTest {
  /** All numbers that there are, with N:immr:imms, as the manual defines them. */
  static final Map<Long, Integer> DEFINED = byDefinition();

  @Test
  void encodesEachNumberThatIsDefined() {
    assertThat(DEFINED).hasSize(5334);
    DEFINED.forEach(
        (value, encoding) ->
            assertThat(Bitmask.encode(value))
                .as("0x%x", value)
                .isEqualTo(OptionalInt.of(encoding)));
  }

  @Test
  void objdumpReadsEachNumberThatIsDefined() throws IOException {
    Assembler assembler = new Assembler((byte) 0);
    DEFINED
        .keySet()
        .forEach(value -> assembler.emit(Insn.EOR_X_X_BITMASK, Reg.X1, Reg.X2, new Imm(value)));
    AssembledCode code = assembler.finish();
    assertThat(Objdump.AARCH64.read(code.bytes())).isEqualTo(Disassembled.byLines(code));
  }

  @Test
  void refusesNumbersWithoutARunOfOnes() {
    assertThat(Bitmask.isEncodable(0)).isFalse();
    assertThat(Bitmask.isEncodable(-1)).isFalse();
  }

  @Test
  void agreesWithTheDefinitionWhereOneOrTwoBitsDiffer() {
    for (long value : DEFINED.keySet()) {
      for (int bit = 0; bit < Long.SIZE; bit++) {
        assertAgrees(value ^ (1L << bit));
        assertAgrees(value ^ (1L << bit) ^ Long.rotateLeft(1, bit + 17));
      }
    }
  }

  @Test
  void agreesWithTheDefinitionOnRandomNumbers() {
    Random random = new Random(64);
    for (int i = 0; i < 100_000; i++) {
      assertAgrees(random.nextLong());
      assertAgrees(random.nextInt(1 << 16) * 0x0001_0001_0001_0001L);
    }
  }

  private static void assertAgrees(long value) {
    assertThat(Bitmask.isEncodable(value)).as("0x%x", value).isEqualTo(DEFINED.containsKey(value));
  }

  private static Map<Long, Integer> byDefinition() {
    Map<Long, Integer> all = new LinkedHashMap<>();
    for (int size = 2; size <= Long.SIZE; size *= 2) {
      for (int ones = 1; ones < size; ones++) {
        for (int rotation = 0; rotation < size; rotation++) {
          String element = "0".repeat(size - ones) + "1".repeat(ones);
          String rotated =
              element.substring(size - rotation) + element.substring(0, size - rotation);
          long value = Long.parseUnsignedLong(rotated.repeat(Long.SIZE / size), 2);
          all.put(value, encoding(size, ones, rotation));
        }
      }
    }
    return all;
  }

  private static int encoding(int size, int ones, int rotation) {
    String length =
        switch (size) {
          case 64 -> "";
          case 32 -> "0";
          case 16 -> "10";
          case 8 -> "110";
          case 4 -> "1110";
          default -> "11110";
        };
    String imms = length + binary(ones - 1, 6 - length.length());
    return Integer.parseInt((size == 64 ? "1" : "0") + binary(rotation, 6) + imms, 2);
  }

  private static String binary(int value, int digits) {
    String bits = Integer.toBinaryString(1 << digits | value);
    return bits.substring(1);
  }
}
