package io.github.rseq4j.internal.compile.a64;

import static io.github.rseq4j.internal.compile.a64.Insn.*;

import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.compile.Exits;
import io.github.rseq4j.internal.compile.Lowering;
import io.github.rseq4j.internal.compile.Placement;
import io.github.rseq4j.internal.compile.ProgramRegisters;
import io.github.rseq4j.internal.compile.SequenceState;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.OwnArea;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Value;
import java.util.List;

/** Lowers a program to AArch64. */
final class A64Lowering implements Lowering {
  /*
   * The calling convention (AAPCS64, section 6) passes base, stride and all six words of parameters
   * in x0 to x7, and lets a function change x0 to x17 and v0 to v7, so nothing is ever saved:
   *
   *   x0          slice
   *   x1          stride
   *   x2 ... x11  words of parameters, then values
   *   x12         base
   *   x13, x14    a copy's; x14 is a constant operand's too
   *   x15         the area shared with the kernel
   *   x16, x17    scratch: what has to be loaded, and an address
   *   q0          a copy's block
   *   d0 d1       doubles
   *
   * x18 belongs to the platform. The area is found once, since no call moves to another thread.
   */

  static final Reg SLICE = Reg.X0;
  static final Reg STRIDE = Reg.X1;
  static final Reg BASE = Reg.X12;
  static final List<Reg> COPY = List.of(Reg.X13, Reg.X14);
  static final Reg OPERAND = Reg.X14;
  static final Reg SCRATCH = Reg.X16;
  static final Reg ADDRESS = Reg.X17;
  private static final Reg AREA = Reg.X15;
  private static final List<Reg> POOL =
      List.of(Reg.X2, Reg.X3, Reg.X4, Reg.X5, Reg.X6, Reg.X7, Reg.X8, Reg.X9, Reg.X10, Reg.X11);

  private final Assembler asm = new Assembler(A64.PADDING);
  private final Constants constants = new Constants(asm);
  private final A64Steps steps = new A64Steps(this, constants);
  private final Program program;
  private final Target target;
  private final Placement placement;
  private final ProgramRegisters<Reg> registers;

  A64Lowering(Program program, Target target, Placement placement) {
    this.program = program;
    this.target = target;
    this.placement = placement;
    this.registers = new ProgramRegisters<>(program, POOL);
  }

  /** Returns the register of a parameter or value of the sequence in use. */
  Reg of(Parameter parameter) {
    return registers.of(parameter);
  }

  @Override
  public Assembler assembler() {
    return asm;
  }

  @Override
  public void enter() {
    asm.emit(MOV_X_X, BASE, SLICE);
    asm.emit(MRS_X_TPIDR_EL0, AREA);
    constants.add(AREA, AREA, target.area(), SCRATCH);
  }

  @Override
  public void use(Sequence sequence) {
    registers.use(sequence);
  }

  @Override
  public void restoreBase() {
    // The base has a register of its own, from which the slice is computed each time.
  }

  @Override
  public void arm(Label descriptor) {
    asm.emit(ADR, SCRATCH, descriptor);
    asm.emit(STR_X, SCRATCH, Mem.at(AREA, RseqAbi.RSEQ_CS));
  }

  @Override
  public void index(Exits exits) {
    loadIndex(RseqAbi.CPU_ID, exits);
    if (program.index() == IndexKind.MM_CID) {
      // An unregistered thread's mm_cid reads as 0; only its cpu_id tells.
      loadIndex(RseqAbi.MM_CID, exits);
    }
    asm.emit(MADD_X_X_X_X, SLICE, SCRATCH, STRIDE, BASE);
  }

  private void loadIndex(int field, Exits exits) {
    asm.emit(LDR_W, SCRATCH, Mem.at(AREA, field));
    if (target.guarded()) {
      asm.emit(LDR_W, ADDRESS, Mem.at(AREA, OwnArea.GUARD));
      asm.emit(CMP_X_X, SCRATCH, ADDRESS);
    } else {
      constants.compare(SCRATCH, target.indices(), ADDRESS);
    }
    asm.emit(B_COND, Cond.CS, exits.unregistered());
  }

  @Override
  public A64Steps steps() {
    return steps;
  }

  @Override
  public void leave(long result) {
    constants.load(SLICE, result);
    asm.emit(RET);
  }

  @Override
  public void leave(Value result) {
    asm.emit(AND_X_X_BITMASK, SLICE, of(result), new Imm(Long.MAX_VALUE));
    asm.emit(RET);
  }

  @Override
  public void jump(Label to) {
    asm.emit(B, to);
  }

  @Override
  public void signature() {
    // brk #0x45e0: it disassembles, and traps if ever run.
    asm.int32(Arch.AARCH64.rseqSignature());
  }

  @Override
  public void countRestart() {
    Reg status = COPY.getFirst();
    Label again = asm.newLabel("count" + asm.position());
    constants.loadAddress(SCRATCH, placement.state() + SequenceState.RESTARTS);
    asm.bind(again);
    asm.emit(LDXR_X, ADDRESS, Mem.at(SCRATCH));
    asm.emit(ADD_X_X_IMM, ADDRESS, ADDRESS, new Imm(1));
    asm.emit(STXR_W_X, status, ADDRESS, Mem.at(SCRATCH));
    asm.emit(CBNZ_W, status, again);
  }

  @Override
  public void injectionPoint(int number, Exits exits) {
    Label held = exits.fresh("held");
    Label notHeld = exits.fresh("not_held");
    Label delayed = exits.fresh("delayed");
    Label next = exits.fresh("next");
    constants.loadAddress(SCRATCH, placement.state());
    comparePoint(SequenceState.HOLD, number);
    asm.emit(B_COND, Cond.NE, notHeld);
    constants.load(ADDRESS, number);
    // Who sees the arrival sees the steps before it; those after it see what was done meanwhile.
    asm.emit(DMB_ISH);
    asm.emit(STR_W, ADDRESS, Mem.at(SCRATCH, SequenceState.ARRIVED));
    asm.bind(held);
    asm.emit(LDR_X, ADDRESS, Mem.at(SCRATCH, SequenceState.PATIENCE));
    asm.emit(SUBS_X_X_IMM, ADDRESS, ADDRESS, new Imm(1));
    asm.emit(STR_X, ADDRESS, Mem.at(SCRATCH, SequenceState.PATIENCE));
    asm.emit(B_COND, Cond.LE, notHeld);
    comparePoint(SequenceState.HOLD, number);
    asm.emit(B_COND, Cond.EQ, held);
    asm.emit(DMB_ISH);
    asm.bind(notHeld);
    comparePoint(SequenceState.DELAY, number);
    asm.emit(B_COND, Cond.NE, next);
    asm.emit(LDR_X, ADDRESS, Mem.at(SCRATCH, SequenceState.DELAY_ROUNDS));
    asm.bind(delayed);
    asm.emit(SUBS_X_X_IMM, ADDRESS, ADDRESS, new Imm(1));
    asm.emit(B_COND, Cond.NE, delayed);
    asm.bind(next);
  }

  private void comparePoint(int field, int number) {
    asm.emit(LDR_W, ADDRESS, Mem.at(SCRATCH, field));
    constants.compare(ADDRESS, number, OPERAND);
  }
}
