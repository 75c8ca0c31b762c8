package io.github.rseq4j.internal.compile.x64;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Disassembled;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.asm.Operand;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each row of the table against {@code insn.golden}, once with a register and once with memory
 * where the instruction takes either.
 */
class InsnTest {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  /** The label that all jumps in {@code insn.golden} go to: the instruction itself. */
  private static final String SELF = "self";

  private record Golden(String name, String bytes, String text) {}

  private final Map<String, List<Golden>> goldens = readGoldens();

  @ParameterizedTest
  @EnumSource
  void isEncodedAsInTheGoldenFile(Insn insn) {
    List<Golden> actual =
        Stream.of(false, true)
            .map(inMemory -> assemble(insn, inMemory))
            .map(
                code -> {
                  String text = code.lines().getLast().text();
                  return new Golden(insn.name(), HEX.formatHex(code.bytes()), text);
                })
            .distinct()
            .toList();
    assertThat(actual).isEqualTo(goldens.getOrDefault(insn.name(), List.of()));
  }

  @Test
  void goldenFileHasNoOtherRows() {
    assertThat(goldens.keySet())
        .containsExactlyInAnyOrderElementsOf(Arrays.stream(Insn.values()).map(Insn::name).toList());
  }

  @Test
  void goldenFileIsWhatObjdumpReads() throws IOException {
    List<Golden> all = goldens.values().stream().flatMap(List::stream).toList();
    String bytes = all.stream().map(Golden::bytes).collect(Collectors.joining(" "));
    List<Disassembled> actual = Objdump.X86_64.read(HEX.parseHex(bytes));
    assertThat(actual).extracting(row -> row.bytes() + " " + row.text()).isEqualTo(expected(all));
  }

  private static List<String> expected(List<Golden> goldens) {
    int offset = 0;
    List<String> rows = new ArrayList<>();
    for (Golden golden : goldens) {
      rows.add(golden.bytes + " " + golden.text.replace(SELF, "0x" + Integer.toHexString(offset)));
      offset += HEX.parseHex(golden.bytes).length;
    }
    return rows;
  }

  private static AssembledCode assemble(Insn insn, boolean inMemory) {
    Assembler assembler = new Assembler((byte) 0xcc);
    Label self = assembler.newLabel(SELF);
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
      case CL -> Reg.RCX;
      case IMM6 -> new Imm(63);
      case IMM8 -> new Imm(-2);
      case IMM32 -> new Imm(0x12345678);
      case IMM64 -> new Imm(0x123456789abcdef0L);
      case REL32 -> self;
    };
  }

  private static Map<String, List<Golden>> readGoldens() {
    try (InputStream file = InsnTest.class.getResourceAsStream("insn.golden")) {
      String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\\s{2,}"))
          .map(columns -> new Golden(columns[0], columns[1], columns[2]))
          .collect(groupingBy(Golden::name, LinkedHashMap::new, Collectors.toList()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
