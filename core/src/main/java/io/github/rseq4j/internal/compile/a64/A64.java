package io.github.rseq4j.internal.compile.a64;

import static io.github.rseq4j.internal.compile.a64.Insn.*;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.compile.Lowering;
import io.github.rseq4j.internal.compile.Placement;
import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.OwnArea;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.internal.linux.SystemCall;
import io.github.rseq4j.sequence.Program;
import java.util.Optional;

/** The processor AArch64, on which Linux keeps the thread pointer in TPIDR_EL0. */
public final class A64 implements Processor {
  /** Four of these bytes are {@code udf #0}. */
  static final byte PADDING = 0;

  @Override
  public Arch arch() {
    return Arch.AARCH64;
  }

  @Override
  public Lowering lower(Program program, Target target, Placement placement) {
    return new A64Lowering(program, target, placement);
  }

  @Override
  public AssembledCode fieldReader(Target target, int field) {
    Assembler asm = new Assembler(PADDING);
    Constants constants = new Constants(asm);
    Label end = asm.newLabel("end");
    asm.emit(MRS_X_TPIDR_EL0, Reg.X2);
    constants.add(Reg.X2, Reg.X2, target.area(), Reg.X1);
    if (target.guarded()) {
      constants.load(Reg.X0, RseqAbi.CPU_ID_UNINITIALIZED);
      asm.emit(LDR_W, Reg.X1, Mem.at(Reg.X2, OwnArea.GUARD));
      asm.emit(CBZ_W, Reg.X1, end);
    }
    asm.emit(LDR_W, Reg.X0, Mem.at(Reg.X2, field));
    asm.bind(end);
    asm.emit(RET);
    return asm.finish();
  }

  @Override
  public AssembledCode registration(Target target) {
    Assembler asm = new Assembler(PADDING);
    Constants constants = new Constants(asm);
    Label end = asm.newLabel("end");
    constants.load(Reg.X8, SystemCall.RSEQ.number(Arch.AARCH64));
    asm.emit(MRS_X_TPIDR_EL0, Reg.X0);
    constants.add(Reg.X0, Reg.X0, target.area(), Reg.X1);
    asm.emit(MOV_X_X, Reg.X4, Reg.X0); // a system call changes x0 only
    constants.load(Reg.X1, RseqAbi.ORIGINAL_SIZE);
    constants.load(Reg.X2, 0);
    if (target.guarded()) {
      asm.emit(STR_W, Reg.X2, Mem.at(Reg.X0, RseqAbi.FLAGS));
    }
    constants.load(Reg.X3, Integer.toUnsignedLong(Arch.AARCH64.rseqSignature()));
    asm.emit(SVC, new Imm(0));
    if (target.guarded()) {
      asm.emit(CBNZ_X, Reg.X0, end);
      constants.load(Reg.X1, target.indices());
      asm.emit(STR_W, Reg.X1, Mem.at(Reg.X4, OwnArea.GUARD));
    }
    asm.bind(end);
    asm.emit(RET);
    return asm.finish();
  }

  @Override
  public AssembledCode threadPointer() {
    Assembler asm = new Assembler(PADDING);
    asm.emit(MRS_X_TPIDR_EL0, Reg.X0);
    asm.emit(RET);
    return asm.finish();
  }

  /**
   * Returns the code that cleans the data cache to where instructions are fetched from, and
   * invalidates the instruction cache (Arm Architecture Reference Manual, B2.4.4), word by word,
   * since no cache line is shorter.
   */
  @Override
  public Optional<AssembledCode> cacheFlush() {
    Assembler asm = new Assembler(PADDING);
    forEachWord(asm, DC_CVAU, "clean");
    asm.emit(DSB_ISH);
    forEachWord(asm, IC_IVAU, "invalidate");
    asm.emit(DSB_ISH);
    asm.emit(ISB);
    asm.emit(RET);
    return Optional.of(asm.finish());
  }

  private static void forEachWord(Assembler asm, Insn insn, String name) {
    Label next = asm.newLabel(name);
    asm.emit(MOV_X_X, Reg.X2, Reg.X0);
    asm.bind(next);
    asm.emit(insn, Reg.X2);
    asm.emit(ADD_X_X_IMM, Reg.X2, Reg.X2, new Imm(Integer.BYTES));
    asm.emit(CMP_X_X, Reg.X2, Reg.X1);
    asm.emit(B_COND, Cond.CC, next);
  }
}
