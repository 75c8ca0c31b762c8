package io.github.rseq4j.internal.compile.x64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Disassembled;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Line;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.asm.Operand;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssemblerTest {
  private final Assembler assembler = new Assembler((byte) 0xcc);

  @Test
  void labelsAreReachedFromBeforeAndAfter() {
    Label before = assembler.newLabel("before");
    Label after = assembler.newLabel("after");
    assembler.bind(before);
    assembler.emit(Insn.JMP, after);
    assembler.emit(Insn.JE, before);
    assembler.bind(after);
    assertThat(hex()).isEqualTo("e9 06 00 00 00 0f 84 f5 ff ff ff");
    assertThat(before.offset()).isZero();
    assertThat(after.offset()).isEqualTo(11);
  }

  @Test
  void addressRelativeToRipCountsTheImmediateAfterIt() throws IOException {
    Label data = assembler.newLabel("data");
    assembler.emit(Insn.LEA_R64_M, Reg.RAX, Mem.rip(data));
    assembler.emit(Insn.CMP_RM64_IMM8, Mem.rip(data), new Imm(1));
    assembler.emit(Insn.CMP_RM64_IMM32, Mem.rip(data), new Imm(1));
    assembler.bind(data);
    assertThat(hex())
        .isEqualTo("48 8d 05 13 00 00 00 48 83 3d 0b 00 00 00 01 48 81 3d 00 00 00 00 01 00 00 00");
    assertThat(Objdump.X86_64.read(assembler.finish().bytes()))
        .extracting(Disassembled::text)
        .containsExactly(
            "lea rax,[rip+0x1a]", "cmp QWORD PTR [rip+0x1a],0x1", "cmp QWORD PTR [rip+0x1a],0x1");
  }

  @Test
  void listingShowsOffsetBytesTextAndNote() {
    Label start = assembler.newLabel("start");
    Label abort = assembler.newLabel("abort");
    Label descriptor = assembler.newLabel("descriptor");
    assembler.note("arm");
    assembler.emit(Insn.LEA_R64_M, Reg.RAX, Mem.rip(descriptor));
    assembler.emit(Insn.MOV_RM64_R64, Mem.fs(0x9a8), Reg.RAX);
    assembler.bind(start);
    assembler.note("commit");
    assembler.emit(Insn.ADD_RM64_IMM8, Mem.at(Reg.R11, Reg.RDX, 8, 16), new Imm(1));
    assembler.note("");
    assembler.emit(Insn.RET);
    assembler.data(HexFormat.of().parseHex("0fb93d"));
    assembler.int32(0x53053053);
    assembler.bind(abort);
    assembler.emit(Insn.JMP, start);
    assembler.align(16);
    assembler.bind(descriptor);
    assembler.int64(-2);
    assertThat(assembler.finish().listing())
        .isEqualTo(
            """
              0000  48 8d 05 29 00 00 00           lea rax,[rip+descriptor]            ; arm
              0007  64 48 89 04 25 a8 09 00 00     mov QWORD PTR fs:0x9a8,rax
            start:
              0010  49 83 44 d3 10 01              add QWORD PTR [r11+rdx*8+0x10],0x1  ; commit
              0016  c3                             ret
              0017  0f b9 3d                       .byte 0x0f,0xb9,0x3d
              001a  53 30 05 53                    .long 0x53053053
            abort:
              001e  e9 ed ff ff ff                 jmp start
              0023  cc cc cc cc cc cc cc cc cc cc  .balign 16,0xcc
              002d  cc cc cc
            descriptor:
              0030  fe ff ff ff ff ff ff ff        .quad 0xfffffffffffffffe
            """);
  }

  @Test
  void linesCoverEachByteOnce() {
    assembler.emit(Insn.NOP);
    assembler.align(8);
    assembler.bind(assembler.newLabel("here"));
    assembler.int32(1);
    assembler.data();
    assembler.align(4);
    AssembledCode code = assembler.finish();
    int end = 0;
    for (Line line : code.lines()) {
      assertThat(line.offset()).isEqualTo(end);
      end += line.length();
    }
    assertThat(code.bytes()).hasSize(end).hasSize(12);
    assertThat(code.lines()).extracting(Line::length).containsExactly(1, 7, 0, 4);
  }

  @Test
  void codeLongerThanTheFirstBufferIsKept() {
    byte[] data = new byte[1000];
    data[999] = 1;
    assembler.emit(Insn.RET);
    assembler.data(data);
    assertThat(assembler.position()).isEqualTo(1001);
    assertThat(assembler.finish().bytes()).startsWith(0xc3, 0).endsWith(0, 1);
  }

  @Test
  void codeIsACopy() {
    assembler.emit(Insn.RET);
    AssembledCode code = assembler.finish();
    assembler.emit(Insn.NOP);
    code.bytes()[0] = 0;
    assertThat(code.bytes()).containsExactly(0xc3);
    assertThat(code.lines()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource
  void refusesOperands(Insn insn, List<Operand> operands, String message) {
    assertThatThrownBy(() -> assembler.emit(insn, operands.toArray(Operand[]::new)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThat(assembler.position()).isZero();
    assertThat(assembler.finish().lines()).isEmpty();
  }

  static Stream<Arguments> refusesOperands() {
    Mem memory = Mem.at(Reg.RDI, 0);
    return Stream.of(
        arguments(Insn.RET, List.of(Reg.RAX), "ret: takes 0 operands, not the 1 of [rax]"),
        arguments(
            Insn.MOV_R64_RM64,
            List.of(memory, Reg.RAX),
            "mov r64, r/m64: operand 1 is [rdi], must be a general-purpose register"),
        arguments(
            Insn.ADD_RM64_R64,
            List.of(new Imm(1), Reg.RAX),
            "add r/m64, r64: operand 1 is 1, must be a general-purpose register or memory"),
        arguments(
            Insn.LOCK_INC_M64, List.of(Reg.RAX), "lock inc m64: operand 1 is rax, must be memory"),
        arguments(
            Insn.LEA_R64_M,
            List.of(Reg.RAX, Mem.fs(8)),
            "lea r64, m: operand 2 is fs:0x8, must be memory without a segment"),
        arguments(
            Insn.SHL_RM64_CL,
            List.of(Reg.RAX, Reg.RDX),
            "shl r/m64, cl: operand 2 is rdx, must be rcx"),
        arguments(
            Insn.MOVUPS_XMM_M128,
            List.of(Reg.RAX, memory),
            "movups xmm, m128: operand 1 is rax, must be an xmm register"),
        arguments(Insn.JE, List.of(new Imm(0)), "je rel32: operand 1 is 0, must be a label"),
        arguments(
            Insn.JE,
            List.of(new Assembler((byte) 0xcc).newLabel("far")),
            "label far is another assembler's"),
        arguments(
            Insn.LEA_R64_M,
            List.of(Reg.RAX, Mem.rip(new Assembler((byte) 0xcc).newLabel("far"))),
            "label far is another assembler's"));
  }

  @ParameterizedTest
  @MethodSource
  void acceptsImmediatesWithinTheirRange(Insn insn, Operand first, long least, long greatest) {
    assembler.emit(insn, first, new Imm(least));
    assembler.emit(insn, first, new Imm(greatest));
    assertThat(assembler.finish().lines()).hasSize(2);
    for (long outside : new long[] {least - 1, greatest + 1}) {
      assertThatThrownBy(() -> assembler.emit(insn, first, new Imm(outside)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "%s: operand 2 is %d, must be an immediate from %d to %d",
              insn, outside, least, greatest);
    }
  }

  static Stream<Arguments> acceptsImmediatesWithinTheirRange() {
    return Stream.of(
        arguments(Insn.SHL_RM64_IMM6, Reg.RAX, 0, 63),
        arguments(Insn.ADD_RM64_IMM8, Reg.RAX, -128, 127),
        arguments(Insn.CMP_RM32_IMM8, Reg.RAX, -128, 127),
        arguments(Insn.ADD_RM64_IMM32, Reg.RAX, Integer.MIN_VALUE, Integer.MAX_VALUE),
        arguments(Insn.MOV_R32_IMM32, Reg.RAX, Integer.MIN_VALUE, 0xffff_ffffL));
  }

  @Test
  void refusesToFinishWithAnUnboundLabel() {
    assembler.emit(Insn.JMP, assembler.newLabel("nowhere"));
    assertThatThrownBy(assembler::finish)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("label nowhere is not bound");
  }

  @Test
  void refusesToBindALabelTwice() {
    Label label = assembler.newLabel("twice");
    assembler.bind(label);
    assembler.emit(Insn.RET);
    assertThatThrownBy(() -> assembler.bind(label))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("label twice is bound to 0x0 already, and cannot be to 0x1");
  }

  @Test
  void refusesTwoLabelsOfOneName() {
    assembler.newLabel("same");
    assertThatThrownBy(() -> assembler.newLabel("same"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is a label same already");
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -8, 0, 3, 24})
  void refusesAlignments(int alignment) {
    assertThatThrownBy(() -> assembler.align(alignment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("alignment is " + alignment + ", must be a power of two");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 128})
  void registersHaveNoOtherNames(int bits) {
    assertThatThrownBy(() -> Reg.RAX.name(bits))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a register has a name for 8, 16, 32 or 64 bits, not for " + bits);
  }

  private String hex() {
    return HexFormat.ofDelimiter(" ").formatHex(assembler.finish().bytes());
  }
}
