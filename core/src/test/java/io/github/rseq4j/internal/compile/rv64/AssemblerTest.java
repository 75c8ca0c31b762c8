package io.github.rseq4j.internal.compile.rv64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Line;
import io.github.rseq4j.internal.asm.Operand;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AssemblerTest {
  private final Assembler assembler = new Assembler(Rv64.PADDING);

  @Test
  void labelsAreReachedFromBeforeAndAfter() {
    Label before = assembler.newLabel("before");
    Label after = assembler.newLabel("after");
    assembler.bind(before);
    assembler.emit(Insn.JAL, Reg.ZERO, after);
    assembler.emit(Insn.BEQ, Reg.A0, Reg.A1, before);
    assembler.bind(after);
    assertThat(hex()).isEqualTo("6f 00 80 00 e3 0e b5 fe");
    assertThat(assembler.finish().lines().stream().map(Line::text))
        .containsExactly("before:", "jal zero,after", "beq a0,a1,before", "after:");
  }

  /** The low part of a distance has a sign, and what auipc adds makes up for it. */
  @ParameterizedTest
  @MethodSource
  void addressesOfCodeAreSplit(int distance, int high, int low) {
    Label label = assembler.newLabel("label");
    if (distance < 0) {
      assembler.bind(label);
      assembler.data(new byte[-distance]);
    }
    int start = assembler.position();
    assembler.emit(Insn.AUIPC_LABEL, Reg.T0, label);
    assembler.emit(Insn.ADDI_LABEL, Reg.T0, Reg.T0, label);
    if (distance >= 0) {
      assembler.data(new byte[distance - 8]);
      assembler.bind(label);
    }
    Assembler expected = new Assembler(Rv64.PADDING);
    expected.emit(Insn.AUIPC, Reg.T0, new Imm(high));
    expected.emit(Insn.ADDI, Reg.T0, Reg.T0, new Imm(low));
    byte[] code = assembler.finish().bytes();
    assertThat(HexFormat.of().formatHex(code, start, start + 8))
        .isEqualTo(HexFormat.of().formatHex(expected.finish().bytes()));
  }

  static Stream<Arguments> addressesOfCodeAreSplit() {
    return Stream.of(
        arguments(8, 0, 8),
        arguments(2047, 0, 2047),
        arguments(2048, 1, -2048),
        arguments(4096, 1, 0),
        arguments(6143, 1, 2047),
        arguments(6144, 2, -2048),
        arguments(-4, 0, -4),
        arguments(-2048, 0, -2048),
        arguments(-2052, 0xfffff, 2044));
  }

  @ParameterizedTest
  @MethodSource
  void refusesOperands(Insn insn, List<Operand> operands, String message) {
    assertThat(insn.takes(operands.toArray(Operand[]::new))).isFalse();
    assertThatThrownBy(() -> assembler.emit(insn, operands.toArray(Operand[]::new)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("%s: %s", insn, message);
    assertThat(assembler.position()).isZero();
  }

  static Stream<Arguments> refusesOperands() {
    return Stream.of(
        arguments(Insn.ECALL, List.of(Reg.A0), "takes 0 operands, not the 1 of [a0]"),
        arguments(
            Insn.ADD,
            List.of(Reg.A0, FloatReg.FT0, Reg.A1),
            "operand 2 is ft0, must be a general-purpose register"),
        arguments(
            Insn.FMV_D_X,
            List.of(Reg.A0, Reg.A1),
            "operand 1 is a0, must be a floating-point register"),
        arguments(
            Insn.ADDI,
            List.of(Reg.A0, Reg.A0, new Imm(2048)),
            "operand 3 is 2048, must be an immediate from -2048 to 2047"),
        arguments(
            Insn.ADDI,
            List.of(Reg.A0, Reg.A0, new Imm(-2049)),
            "operand 3 is -2049, must be an immediate from -2048 to 2047"),
        arguments(
            Insn.SLLI,
            List.of(Reg.A0, Reg.A0, new Imm(64)),
            "operand 3 is 64, must be an immediate from 0 to 63"),
        arguments(
            Insn.LUI,
            List.of(Reg.A0, new Imm(-1)),
            "operand 2 is -1, must be an immediate from 0 to 1048575"),
        arguments(
            Insn.SD,
            List.of(Reg.A0, Mem.at(Reg.A1, 2048)),
            "operand 2 is 2048(a1), must be memory at a base register and an offset from -2048 to"
                + " 2047"),
        arguments(
            Insn.AMOADD_D,
            List.of(Reg.ZERO, Reg.A0, Mem.at(Reg.A1, 8)),
            "operand 3 is 8(a1), must be memory at a base register alone"),
        arguments(Insn.JAL, List.of(Reg.ZERO, new Imm(0)), "operand 2 is 0, must be a label"),
        arguments(
            Insn.AUIPC_LABEL, List.of(Reg.A0, new Imm(0)), "operand 2 is 0, must be a label"));
  }

  @ParameterizedTest
  @MethodSource
  void jumpsReachSoFarBackAndAhead(Insn insn, List<Operand> before, int reach) {
    Label start = assembler.newLabel("start");
    Label end = assembler.newLabel("end");
    assembler.bind(start);
    assembler.data(new byte[reach]);
    assembler.emit(insn, and(before, start));
    assembler.emit(insn, and(before, end));
    assembler.data(new byte[reach - 2 - 4]);
    assembler.bind(end);
    assertThat(assembler.finish().bytes()).hasSize(reach + 4 + reach - 2);
  }

  @ParameterizedTest
  @MethodSource("jumpsReachSoFarBackAndAhead")
  void jumpsReachNoFarther(Insn insn, List<Operand> before, int reach) {
    Label start = assembler.newLabel("start");
    assembler.bind(start);
    assembler.data(new byte[reach + 4]);
    assembler.emit(insn, and(before, start));
    assertThatThrownBy(assembler::finish)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "%s: label start is %d bytes away, must be from %d to %d in steps of 2",
            insn, -reach - 4, -reach, reach - 2);
    Assembler other = new Assembler(Rv64.PADDING);
    Label end = other.newLabel("end");
    other.emit(insn, and(before, end));
    other.data(new byte[reach - 4]);
    other.bind(end);
    assertThatThrownBy(other::finish)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(insn + ": label end is " + reach + " bytes away");
  }

  static Stream<Arguments> jumpsReachSoFarBackAndAhead() {
    return Stream.of(
        arguments(Insn.BNE, List.of(Reg.A0, Reg.A1), 1 << 12),
        arguments(Insn.BGEU, List.of(Reg.A0, Reg.ZERO), 1 << 12),
        arguments(Insn.JAL, List.of(Reg.RA), 1 << 20));
  }

  private static Operand[] and(List<Operand> before, Operand last) {
    return Stream.concat(before.stream(), Stream.of(last)).toArray(Operand[]::new);
  }

  private String hex() {
    return HexFormat.ofDelimiter(" ").formatHex(assembler.finish().bytes());
  }
}
