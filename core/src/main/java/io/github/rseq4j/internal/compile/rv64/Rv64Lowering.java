package io.github.rseq4j.internal.compile.rv64;

import static io.github.rseq4j.internal.compile.rv64.Insn.*;

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

/** Lowers a program to RISC-V. */
final class Rv64Lowering implements Lowering {
  /*
   * The calling convention (RISC-V psABI, LP64D) passes base, stride and all six words of
   * parameters in a0 to a7, and lets a function change these, t0 to t6, and the floating-point
   * registers ft0 to ft11, so nothing is ever saved:
   *
   *   a0                     slice
   *   a1                     stride
   *   a2 ... a7, t0 ... t3   words of parameters, then values
   *   t4, t5                 scratch: what has to be loaded, and an address
   *   t6                     a constant operand's
   *   ft0                    base
   *   ft1                    the slice, while a copy uses its register; leading zeros
   *   ft2 ft3                doubles
   *
   * The base is needed once in a sequence, so it is kept where there is room. tp is the thread
   * pointer, which only a system call or the C library changes, and gp belongs to the program.
   *
   * A branch goes 4 KiB far. In far code those to labels that may be farther are each a branch
   * around a jump.
   */

  static final Reg SLICE = Reg.A0;
  static final Reg STRIDE = Reg.A1;
  static final Reg SCRATCH = Reg.T4;
  static final Reg ADDRESS = Reg.T5;
  static final Reg OPERAND = Reg.T6;
  static final FloatReg BASE = FloatReg.FT0;
  static final FloatReg KEPT = FloatReg.FT1;
  private static final List<Reg> POOL =
      List.of(Reg.A2, Reg.A3, Reg.A4, Reg.A5, Reg.A6, Reg.A7, Reg.T0, Reg.T1, Reg.T2, Reg.T3);

  private final Assembler asm = new Assembler(Rv64.PADDING);
  private final Constants constants = new Constants(asm);
  private final Rv64Steps steps = new Rv64Steps(this, constants);
  private final Program program;
  private final Target target;
  private final Placement placement;
  private final boolean far;
  private final ProgramRegisters<Reg> registers;

  Rv64Lowering(Program program, Target target, Placement placement, boolean far) {
    this.program = program;
    this.target = target;
    this.placement = placement;
    this.far = far;
    this.registers = new ProgramRegisters<>(program, POOL);
  }

  /** Returns the register of a parameter or value of the sequence in use. */
  Reg of(Parameter parameter) {
    return registers.of(parameter);
  }

  /** Emits a branch to a label that may be far away. */
  void branch(Insn condition, Reg left, Reg right, Label to) {
    if (far) {
      Label around = asm.newLabel("around" + asm.position());
      asm.emit(opposite(condition), left, right, around);
      jump(to);
      asm.bind(around);
    } else {
      asm.emit(condition, left, right, to);
    }
  }

  private static Insn opposite(Insn condition) {
    return switch (condition) {
      case BEQ -> BNE;
      case BNE -> BEQ;
      case BLTU -> BGEU;
      case BGEU -> BLTU;
      default -> throw new IllegalArgumentException(condition + " is not used for exits");
    };
  }

  @Override
  public Assembler assembler() {
    return asm;
  }

  @Override
  public void enter() {
    asm.emit(FMV_D_X, BASE, SLICE);
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
    Mem field = area(RseqAbi.RSEQ_CS);
    asm.emit(AUIPC_LABEL, SCRATCH, descriptor);
    asm.emit(ADDI_LABEL, SCRATCH, SCRATCH, descriptor);
    asm.emit(SD, SCRATCH, field);
  }

  @Override
  public void index(Exits exits) {
    loadIndex(RseqAbi.CPU_ID, exits);
    if (program.index() == IndexKind.MM_CID) {
      // An unregistered thread's mm_cid reads as 0; only its cpu_id tells.
      loadIndex(RseqAbi.MM_CID, exits);
    }
    asm.emit(MUL, SCRATCH, SCRATCH, STRIDE);
    asm.emit(FMV_X_D, SLICE, BASE);
    asm.emit(ADD, SLICE, SLICE, SCRATCH);
  }

  private void loadIndex(int field, Exits exits) {
    asm.emit(LWU, SCRATCH, area(field));
    if (target.guarded()) {
      asm.emit(LWU, ADDRESS, area(OwnArea.GUARD));
    } else {
      constants.load(ADDRESS, target.indices());
    }
    branch(BGEU, SCRATCH, ADDRESS, exits.unregistered());
  }

  /** Returns a field of the area shared with the kernel. */
  private Mem area(int field) {
    return constants.memory(Reg.TP, target.area() + field, ADDRESS, ADDRESS);
  }

  @Override
  public Rv64Steps steps() {
    return steps;
  }

  @Override
  public void leave(long result) {
    constants.load(SLICE, result);
    leave();
  }

  @Override
  public void leave(Value result) {
    asm.emit(SLLI, SLICE, of(result), new Imm(1));
    asm.emit(SRLI, SLICE, SLICE, new Imm(1));
    leave();
  }

  private void leave() {
    asm.emit(JALR, Reg.ZERO, Mem.at(Reg.RA));
  }

  @Override
  public void jump(Label to) {
    asm.emit(JAL, Reg.ZERO, to);
  }

  @Override
  public void signature() {
    // csrrw zero,mhartid,zero: it disassembles, and traps if ever run.
    asm.int32(Arch.RISCV64.rseqSignature());
  }

  @Override
  public void countRestart() {
    loadState(SequenceState.RESTARTS);
    constants.load(ADDRESS, 1);
    asm.emit(AMOADD_D, Reg.ZERO, ADDRESS, Mem.at(SCRATCH));
  }

  @Override
  public void injectionPoint(int number, Exits exits) {
    Label held = exits.fresh("held");
    Label notHeld = exits.fresh("not_held");
    Label delayed = exits.fresh("delayed");
    Label next = exits.fresh("next");
    loadState(0);
    constants.load(OPERAND, number);
    asm.emit(LW, ADDRESS, Mem.at(SCRATCH, SequenceState.HOLD));
    asm.emit(BNE, ADDRESS, OPERAND, notHeld);
    // Who sees the arrival sees the steps before it; those after it see what was done meanwhile.
    asm.emit(FENCE_RW_RW);
    asm.emit(SW, OPERAND, Mem.at(SCRATCH, SequenceState.ARRIVED));
    asm.bind(held);
    asm.emit(LD, ADDRESS, Mem.at(SCRATCH, SequenceState.PATIENCE));
    asm.emit(ADDI, ADDRESS, ADDRESS, new Imm(-1));
    asm.emit(SD, ADDRESS, Mem.at(SCRATCH, SequenceState.PATIENCE));
    asm.emit(BGE, Reg.ZERO, ADDRESS, notHeld);
    asm.emit(LW, ADDRESS, Mem.at(SCRATCH, SequenceState.HOLD));
    asm.emit(BEQ, ADDRESS, OPERAND, held);
    asm.emit(FENCE_RW_RW);
    asm.bind(notHeld);
    asm.emit(LW, ADDRESS, Mem.at(SCRATCH, SequenceState.DELAY));
    asm.emit(BNE, ADDRESS, OPERAND, next);
    asm.emit(LD, ADDRESS, Mem.at(SCRATCH, SequenceState.DELAY_ROUNDS));
    asm.bind(delayed);
    asm.emit(ADDI, ADDRESS, ADDRESS, new Imm(-1));
    asm.emit(BNE, ADDRESS, Reg.ZERO, delayed);
    asm.bind(next);
  }

  private void loadState(int field) {
    constants.loadAddress(SCRATCH, placement.state() + field - (placement.code() + asm.position()));
  }
}
