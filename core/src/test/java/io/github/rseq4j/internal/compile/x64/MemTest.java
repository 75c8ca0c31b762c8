package io.github.rseq4j.internal.compile.x64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Assembler;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemTest {
  @ParameterizedTest
  @MethodSource
  void takesTheShortestEncoding(Mem memory, String text, String bytes) {
    Assembler assembler = new Assembler((byte) 0xcc);
    assembler.emit(Insn.MOV_R64_RM64, Reg.RAX, memory);
    AssembledCode code = assembler.finish();
    assertThat(code.lines().getFirst().text()).isEqualTo("mov rax,QWORD PTR " + text);
    assertThat(HexFormat.ofDelimiter(" ").formatHex(code.bytes())).isEqualTo(bytes);
  }

  /** What GNU as makes of the text. */
  static Stream<Arguments> takesTheShortestEncoding() {
    return Stream.of(
        arguments(Mem.at(Reg.RDI, 0), "[rdi]", "48 8b 07"),
        arguments(Mem.at(Reg.RDI, 127), "[rdi+0x7f]", "48 8b 47 7f"),
        arguments(Mem.at(Reg.RDI, 128), "[rdi+0x80]", "48 8b 87 80 00 00 00"),
        arguments(Mem.at(Reg.RDI, -128), "[rdi-0x80]", "48 8b 47 80"),
        arguments(Mem.at(Reg.RDI, -129), "[rdi-0x81]", "48 8b 87 7f ff ff ff"),
        arguments(Mem.at(Reg.RDI, Integer.MAX_VALUE), "[rdi+0x7fffffff]", "48 8b 87 ff ff ff 7f"),
        arguments(Mem.at(Reg.RDI, Integer.MIN_VALUE), "[rdi-0x80000000]", "48 8b 87 00 00 00 80"),
        arguments(Mem.at(Reg.RSP, 0), "[rsp]", "48 8b 04 24"),
        arguments(Mem.at(Reg.R12, 8), "[r12+0x8]", "49 8b 44 24 08"),
        arguments(Mem.at(Reg.RBP, 0), "[rbp+0x0]", "48 8b 45 00"),
        arguments(Mem.at(Reg.R13, 0), "[r13+0x0]", "49 8b 45 00"),
        arguments(Mem.at(Reg.RAX, Reg.R12, 1, 0), "[rax+r12*1]", "4a 8b 04 20"),
        arguments(Mem.at(Reg.RSP, Reg.RBP, 2, 0), "[rsp+rbp*2]", "48 8b 04 6c"),
        arguments(Mem.at(Reg.R13, Reg.R13, 4, 0), "[r13+r13*4+0x0]", "4b 8b 44 ad 00"),
        arguments(Mem.at(Reg.R12, Reg.R15, 8, 128), "[r12+r15*8+0x80]", "4b 8b 84 fc 80 00 00 00"),
        arguments(Mem.fs(0), "fs:0x0", "64 48 8b 04 25 00 00 00 00"),
        arguments(Mem.fs(0x9a8), "fs:0x9a8", "64 48 8b 04 25 a8 09 00 00"),
        arguments(Mem.fs(-32), "fs:0xffffffffffffffe0", "64 48 8b 04 25 e0 ff ff ff"),
        arguments(
            Mem.fs(Integer.MIN_VALUE), "fs:0xffffffff80000000", "64 48 8b 04 25 00 00 00 80"));
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 16})
  void refusesScales(int scale) {
    assertThatThrownBy(() -> Mem.at(Reg.RAX, Reg.RCX, scale, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("scale is " + scale + ", must be 1, 2, 4 or 8");
  }

  @Test
  void refusesRspAsIndex() {
    assertThatThrownBy(() -> Mem.at(Reg.RAX, Reg.RSP, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rsp cannot be an index");
  }
}
