package io.github.rseq4j.internal.compile.a64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Disassembled;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Line;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.asm.Operand;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssemblerTest {
  private static final long MIB = 1 << 20;

  private final Assembler assembler = new Assembler((byte) 0);

  @Test
  void labelsAreReachedFromBeforeAndAfter() {
    Label before = assembler.newLabel("before");
    Label after = assembler.newLabel("after");
    assembler.bind(before);
    assembler.emit(Insn.B, after);
    assembler.emit(Insn.B_COND, Cond.EQ, before);
    assembler.emit(Insn.ADR, Reg.X0, after);
    assembler.emit(Insn.CBNZ_W, Reg.X1, before);
    assembler.bind(after);
    assertThat(hex()).isEqualTo("04 00 00 14 e0 ff ff 54 40 00 00 10 a1 ff ff 35");
    assertThat(texts())
        .containsExactly(
            "before:", "b after", "b.eq before", "adr x0, after", "cbnz w1, before", "after:");
  }

  @Test
  void adrReachesWhatIsNotAtAMultipleOfFour() throws IOException {
    Label odd = assembler.newLabel("odd");
    assembler.emit(Insn.ADR, Reg.X3, odd);
    assembler.data((byte) 0, (byte) 0, (byte) 0);
    assembler.bind(odd);
    assertThat(Objdump.AARCH64.read(assembler.finish().bytes()).getFirst())
        .isEqualTo(new Disassembled(0, "23 00 00 70", "adr x3, 0x7"));
  }

  /** Instructions of which objdump shows a more special one. */
  @ParameterizedTest
  @MethodSource
  void readsAsTheMostSpecialInstruction(Insn insn, List<Operand> operands, String text)
      throws IOException {
    assembler.emit(insn, operands.toArray(Operand[]::new));
    assertThat(texts()).containsExactly(text);
    assertThat(Objdump.AARCH64.read(assembler.finish().bytes()))
        .extracting(Disassembled::text)
        .containsExactly(text);
  }

  static Stream<Arguments> readsAsTheMostSpecialInstruction() {
    return Stream.of(
        arguments(Insn.SUB_X_X_X, List.of(Reg.X0, Reg.XZR, Reg.X2), "neg x0, x2"),
        arguments(Insn.SUBS_X_X_X, List.of(Reg.X0, Reg.XZR, Reg.X2), "negs x0, x2"),
        arguments(Insn.SUBS_X_X_X, List.of(Reg.XZR, Reg.X1, Reg.X2), "cmp x1, x2"),
        arguments(Insn.SUBS_X_X_X, List.of(Reg.XZR, Reg.XZR, Reg.X2), "cmp xzr, x2"),
        arguments(Insn.NEGS_X_X, List.of(Reg.XZR, Reg.X2), "cmp xzr, x2"),
        arguments(Insn.SUBS_X_X_IMM, List.of(Reg.XZR, Reg.SP, new Imm(9)), "cmp sp, #0x9"),
        arguments(Insn.ORR_X_X_X, List.of(Reg.X0, Reg.XZR, Reg.XZR), "mov x0, xzr"),
        arguments(Insn.MADD_X_X_X_X, List.of(Reg.X0, Reg.X1, Reg.X2, Reg.XZR), "mul x0, x1, x2"),
        arguments(Insn.ADD_X_X_IMM, List.of(Reg.X29, Reg.SP, new Imm(0)), "mov x29, sp"),
        arguments(Insn.ADD_X_X_IMM, List.of(Reg.SP, Reg.X29, new Imm(0)), "mov sp, x29"),
        arguments(Insn.ADD_X_X_IMM, List.of(Reg.X0, Reg.X1, new Imm(0)), "add x0, x1, #0x0"),
        arguments(
            Insn.ADD_X_X_IMM_LSL12,
            List.of(Reg.X0, Reg.SP, new Imm(0)),
            "add x0, sp, #0x0, lsl #12"),
        arguments(
            Insn.ADD_X_X_X_LSL, List.of(Reg.X0, Reg.X1, Reg.X2, new Imm(0)), "add x0, x1, x2"),
        arguments(Insn.MOVK_X_IMM_LSL, List.of(Reg.X0, new Imm(7), new Imm(0)), "movk x0, #0x7"),
        arguments(
            Insn.ORR_X_X_BITMASK, List.of(Reg.X0, Reg.XZR, new Imm(0xff)), "orr x0, xzr, #0xff"),
        arguments(
            Insn.ORR_X_X_BITMASK,
            List.of(Reg.X0, Reg.XZR, new Imm(-16)),
            "orr x0, xzr, #0xfffffffffffffff0"),
        arguments(
            Insn.ORR_X_X_BITMASK, List.of(Reg.X0, Reg.XZR, new Imm(0xf_ffff)), "mov x0, #0xfffff"),
        arguments(Insn.ORR_X_X_BITMASK, List.of(Reg.SP, Reg.XZR, new Imm(0xff)), "mov sp, #0xff"),
        arguments(Insn.LSL_X_X_IMM, List.of(Reg.X0, Reg.X1, new Imm(0)), "lsr x0, x1, #0"),
        arguments(Insn.MOVZ_X_IMM, List.of(Reg.X0, new Imm(0)), "mov x0, #0x0"),
        arguments(Insn.MOVN_X_IMM, List.of(Reg.X0, new Imm(-1)), "mov x0, #0xffffffffffffffff"),
        arguments(Insn.LDR_X, List.of(Reg.XZR, Mem.at(Reg.SP)), "ldr xzr, [sp]"),
        arguments(Insn.LDR_X_INDEX, List.of(Reg.X0, Mem.at(Reg.SP, Reg.X1)), "ldr x0, [sp, x1]"),
        arguments(
            Insn.STP_PRE,
            List.of(Reg.XZR, Reg.XZR, Mem.preIndexed(Reg.SP, 0)),
            "stp xzr, xzr, [sp, #0]!"),
        arguments(
            Insn.LDP_POST,
            List.of(Reg.X29, Reg.X30, Mem.postIndexed(Reg.SP, 0)),
            "ldp x29, x30, [sp], #0"));
  }

  @ParameterizedTest
  @EnumSource
  void jumpsOnEachCondition(Cond condition) throws IOException {
    Label here = assembler.newLabel("here");
    assembler.bind(here);
    assembler.emit(Insn.B_COND, condition, here);
    assertThat(Objdump.AARCH64.read(assembler.finish().bytes()))
        .extracting(Disassembled::text)
        .containsExactly("b." + condition + " 0x0");
  }

  @ParameterizedTest
  @MethodSource
  void refusesOperands(Insn insn, List<Operand> operands, String message) {
    assertThat(insn.takes(operands.toArray(Operand[]::new))).isFalse();
    assertThatThrownBy(() -> assembler.emit(insn, operands.toArray(Operand[]::new)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("%s: %s", insn, message);
    assertThat(assembler.position()).isZero();
    assertThat(assembler.finish().lines()).isEmpty();
  }

  static Stream<Arguments> refusesOperands() {
    Mem memory = Mem.at(Reg.X1);
    return Stream.of(
        arguments(Insn.RET, List.of(Reg.X0), "takes 0 operands, not the 1 of [x0]"),
        arguments(
            Insn.ADD_X_X_X,
            List.of(Reg.X0, Reg.SP, Reg.X1),
            "operand 2 is sp, must be x0 to x30 or xzr"),
        arguments(
            Insn.ADD_X_X_IMM,
            List.of(Reg.XZR, Reg.X0, new Imm(1)),
            "operand 1 is xzr, must be x0 to x30 or sp"),
        arguments(
            Insn.SUBS_X_X_IMM,
            List.of(Reg.SP, Reg.X0, new Imm(1)),
            "operand 1 is sp, must be x0 to x30 or xzr"),
        arguments(
            Insn.MOV_X_X, List.of(Reg.X0, Reg.SP), "operand 2 is sp, must be x0 to x30 or xzr"),
        arguments(Insn.STR_X, List.of(Reg.SP, memory), "operand 1 is sp, must be x0 to x30 or xzr"),
        arguments(
            Insn.LDR_Q, List.of(Reg.X0, memory), "operand 1 is x0, must be a vector register"),
        arguments(
            Insn.FMOV_D_X, List.of(Vec.V1, Vec.V0), "operand 2 is v0, must be x0 to x30 or xzr"),
        arguments(Insn.B, List.of(new Imm(0)), "operand 1 is 0, must be a label"),
        arguments(
            Insn.CSEL_X_X_X,
            List.of(Reg.X0, Reg.X1, Reg.X2, Reg.X3),
            "operand 4 is x3, must be a condition"),
        arguments(
            Insn.MOVZ_X_IMM,
            List.of(Reg.X0, new Imm(0x1_0001)),
            "operand 2 is 65537, must be an immediate with at most one 16-bit part that is not 0"),
        arguments(
            Insn.MOVZ_X_IMM,
            List.of(Reg.X0, new Imm(-1)),
            "operand 2 is -1, must be an immediate with at most one 16-bit part that is not 0"),
        arguments(
            Insn.MOVN_X_IMM,
            List.of(Reg.X0, new Imm(0)),
            "operand 2 is 0, must be an immediate with at most one 16-bit part that is not 0xffff"),
        arguments(
            Insn.AND_X_X_BITMASK,
            List.of(Reg.X0, Reg.X1, new Imm(5)),
            "operand 3 is 5, must be a repeated, rotated run of ones"),
        arguments(
            Insn.MOV_X_BITMASK,
            List.of(Reg.X0, new Imm(255)),
            "operand 2 is 255, must be a repeated, rotated run of ones with two 16-bit parts that"
                + " are not 0 and two that are not 0xffff"),
        arguments(
            Insn.LDR_X,
            List.of(Reg.X0, Mem.at(Reg.X1, Reg.X2)),
            "operand 2 is [x1, x2], must be memory at a base register and an offset from 0 to 32760"
                + " in steps of 8"),
        arguments(
            Insn.LDR_X,
            List.of(Reg.X0, Mem.postIndexed(Reg.X1, 8)),
            "operand 2 is [x1], #8, must be memory at a base register and an offset from 0 to 32760"
                + " in steps of 8"),
        arguments(
            Insn.LDP_PRE,
            List.of(Reg.X0, Reg.X2, Mem.at(Reg.SP, 8)),
            "operand 3 is [sp, #8], must be pre-indexed memory at a base register and an offset"
                + " from -512 to 504 in steps of 8"),
        arguments(
            Insn.LDP_POST,
            List.of(Reg.X0, Reg.X2, Mem.preIndexed(Reg.SP, 8)),
            "operand 3 is [sp, #8]!, must be post-indexed memory at a base register and an offset"
                + " from -512 to 504 in steps of 8"),
        arguments(
            Insn.LDAR_X,
            List.of(Reg.X0, Mem.at(Reg.X1, 8)),
            "operand 2 is [x1, #8], must be memory at a base register alone"),
        arguments(
            Insn.LDR_X_INDEX,
            List.of(Reg.X0, Mem.at(Reg.X1, Reg.X2, 2)),
            "operand 2 is [x1, x2, lsl #2], must be memory at a base register and an index register"
                + " shifted by 0 or 3"),
        arguments(
            Insn.STRB_W_INDEX,
            List.of(Reg.X0, Mem.at(Reg.X1, Reg.X2, 1)),
            "operand 2 is [x1, x2, lsl #1], must be memory at a base register and an index register"
                + " alone"),
        arguments(Insn.LDP, List.of(Reg.X0, Reg.X0, memory), "x0 cannot be both t and u"),
        arguments(
            Insn.LDP_POST,
            List.of(Reg.X0, Reg.X1, Mem.postIndexed(Reg.X1, 16)),
            "x1 cannot be both u and n"),
        arguments(
            Insn.STP_PRE,
            List.of(Reg.X0, Reg.X1, Mem.preIndexed(Reg.X0, 16)),
            "x0 cannot be both t and n"),
        arguments(Insn.STXR_W_X, List.of(Reg.X2, Reg.X2, memory), "x2 cannot be both s and t"),
        arguments(Insn.STXR_W_X, List.of(Reg.X1, Reg.X2, memory), "x1 cannot be both s and n"));
  }

  @ParameterizedTest
  @MethodSource
  void acceptsImmediatesWithinTheirRange(
      Insn insn, List<Operand> before, long least, long greatest, int step) {
    for (long inside : new long[] {least, least + step, greatest - step, greatest}) {
      assembler.emit(insn, and(before, new Imm(inside)));
    }
    assertThat(assembler.finish().lines()).hasSize(4);
    for (long outside :
        new long[] {least - step, greatest + step, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> assembler.emit(insn, and(before, new Imm(outside))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "%s: operand %d is %d, must be an immediate from %d to %d%s",
              insn,
              before.size() + 1,
              outside,
              least,
              greatest,
              step == 1 ? "" : " in steps of " + step);
    }
  }

  static Stream<Arguments> acceptsImmediatesWithinTheirRange() {
    List<Operand> one = List.of(Reg.X0);
    List<Operand> two = List.of(Reg.X0, Reg.X1);
    return Stream.of(
        arguments(Insn.ADD_X_X_IMM, two, 0, 4095, 1),
        arguments(Insn.CMP_X_IMM_LSL12, one, 0, 4095, 1),
        arguments(Insn.ADD_X_X_X_LSL, List.of(Reg.X0, Reg.X1, Reg.X2), 0, 63, 1),
        arguments(Insn.LSL_X_X_IMM, two, 0, 63, 1),
        arguments(Insn.LSR_X_X_IMM, two, 0, 63, 1),
        arguments(Insn.ASR_X_X_IMM, two, 0, 63, 1),
        arguments(Insn.MOVK_X_IMM, one, 0, 0xffff, 1),
        arguments(Insn.MOVK_X_IMM_LSL, List.of(Reg.X0, new Imm(1)), 0, 48, 16),
        arguments(Insn.SVC, List.of(), 0, 0xffff, 1),
        arguments(Insn.UDF, List.of(), 0, 0xffff, 1));
  }

  @ParameterizedTest
  @MethodSource
  void acceptsOffsetsWithinTheirRange(Insn insn, Operand value, int least, int greatest, int step) {
    for (int inside : new int[] {least, 0, greatest}) {
      assertThat(insn.takes(value, Mem.at(Reg.X1, inside))).as("%d", inside).isTrue();
    }
    for (int outside :
        new int[] {least - step, greatest + step, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThat(insn.takes(value, Mem.at(Reg.X1, outside))).as("%d", outside).isFalse();
    }
    for (int between = 1; between < step; between++) {
      assertThat(insn.takes(value, Mem.at(Reg.X1, between))).as("%d", between).isFalse();
    }
  }

  static Stream<Arguments> acceptsOffsetsWithinTheirRange() {
    return Stream.of(
        arguments(Insn.LDR_X, Reg.X0, 0, 32760, 8),
        arguments(Insn.STR_W, Reg.X0, 0, 16380, 4),
        arguments(Insn.LDRH_W, Reg.X0, 0, 8190, 2),
        arguments(Insn.STRB_W, Reg.X0, 0, 4095, 1),
        arguments(Insn.LDR_Q, Vec.V0, 0, 65520, 16),
        arguments(Insn.LDUR_X, Reg.X0, -256, 255, 1),
        arguments(Insn.STUR_Q, Vec.V0, -256, 255, 1));
  }

  @ParameterizedTest
  @MethodSource("branchesOfAMebibyte")
  void branchesReachAMebibyteBack(Insn insn, List<Operand> before) throws IOException {
    Label start = assembler.newLabel("start");
    assembler.bind(start);
    assembler.emit(Insn.NOP);
    assembler.align((int) MIB);
    assembler.emit(insn, and(before, start));
    assertThat(aloneAt((int) MIB)).endsWith(" 0x" + Long.toHexString(-MIB));
    assembler.emit(insn, and(before, start));
    assertThatThrownBy(assembler::finish)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(
            insn + ": label start is -1048580 bytes away, must be from -1048576 to 10485");
  }

  @ParameterizedTest
  @MethodSource("branchesOfAMebibyte")
  void branchesReachAlmostAMebibyteAhead(Insn insn, List<Operand> before) throws IOException {
    Label end = assembler.newLabel("end");
    assembler.emit(Insn.NOP);
    assembler.emit(insn, and(before, end));
    assembler.align((int) MIB);
    assembler.bind(end);
    assertThat(aloneAt(4)).endsWith(" 0x" + Long.toHexString(MIB - 4));
  }

  @ParameterizedTest
  @MethodSource("branchesOfAMebibyte")
  void branchesDoNotReachAMebibyteAhead(Insn insn, List<Operand> before) {
    Label end = assembler.newLabel("end");
    assembler.emit(insn, and(before, end));
    assembler.align((int) MIB);
    assembler.bind(end);
    assertThatThrownBy(assembler::finish)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(insn + ": label end is 1048576 bytes away, must be from ");
  }

  static Stream<Arguments> branchesOfAMebibyte() {
    return Stream.of(
        arguments(Insn.B_COND, List.of(Cond.NE)),
        arguments(Insn.CBZ_X, List.of(Reg.X7)),
        arguments(Insn.CBNZ_W, List.of(Reg.XZR)),
        arguments(Insn.ADR, List.of(Reg.X30)));
  }

  @Test
  void plainBranchesReach128Mebibytes() {
    assertThat(Insn.B.kinds())
        .first()
        .isInstanceOfSatisfying(
            OperandKind.Target.class,
            target -> {
              assertThat(target.distance().least()).isEqualTo(-128 * MIB);
              assertThat(target.distance().greatest()).isEqualTo(128 * MIB - 4);
            });
  }

  @Test
  void refusesToBranchBetweenInstructions() {
    Label between = assembler.newLabel("between");
    assembler.emit(Insn.B, between);
    assembler.data((byte) 0, (byte) 0);
    assembler.bind(between);
    assertThatThrownBy(assembler::finish)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "b pc+-4*i: label between is 6 bytes away, must be from -134217728 to 134217724 in"
                + " steps of 4");
  }

  @Test
  void refusesInstructionsBetweenMultiplesOfFour() {
    assembler.data((byte) 0, (byte) 0, (byte) 0);
    assertThatThrownBy(() -> assembler.emit(Insn.NOP))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("nop: is at 0x3, must be at a multiple of 4");
    assertThat(assembler.position()).isEqualTo(3);
  }

  @Test
  void refusesXzrAsBase() {
    assertThatThrownBy(() -> Mem.at(Reg.XZR, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("xzr cannot be a base");
    assertThatThrownBy(() -> Mem.at(Reg.XZR, Reg.X0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("xzr cannot be a base");
  }

  @Test
  void refusesSpAsIndex() {
    assertThatThrownBy(() -> Mem.at(Reg.X0, Reg.SP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sp cannot be an index");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 8, 16, 128})
  void registersHaveNoOtherNames(int bits) {
    assertThatThrownBy(() -> Reg.X0.name(bits))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a register has a name for 32 or 64 bits, not for " + bits);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 32, 256})
  void vectorRegistersHaveNoOtherNames(int bits) {
    assertThatThrownBy(() -> Vec.V0.name(bits))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a vector register has a name for 64 or 128 bits, not for " + bits);
  }

  /** What objdump reads in one instruction, taken out and put at address 0. */
  private String aloneAt(int offset) throws IOException {
    byte[] code = Arrays.copyOfRange(assembler.finish().bytes(), offset, offset + Integer.BYTES);
    return Objdump.AARCH64.read(code).getFirst().text();
  }

  private static Operand[] and(List<Operand> before, Operand last) {
    return Stream.concat(before.stream(), Stream.of(last)).toArray(Operand[]::new);
  }

  private List<String> texts() {
    return assembler.finish().lines().stream().map(Line::text).toList();
  }

  private String hex() {
    return HexFormat.ofDelimiter(" ").formatHex(assembler.finish().bytes());
  }
}
