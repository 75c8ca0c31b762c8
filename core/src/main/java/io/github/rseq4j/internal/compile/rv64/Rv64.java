package io.github.rseq4j.internal.compile.rv64;

import static io.github.rseq4j.internal.compile.rv64.Insn.*;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.compile.Lowering;
import io.github.rseq4j.internal.compile.Placement;
import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.OwnArea;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.internal.linux.SystemCall;
import io.github.rseq4j.sequence.Program;
import java.util.Optional;

/**
 * The processor RISC-V with 64 bits and the extensions that every Linux distribution asks for
 * (RV64G), on which Linux keeps the thread pointer in {@code tp}.
 */
public final class Rv64 implements Processor {
  /** Two of these bytes are an instruction that is illegal for ever. */
  static final byte PADDING = 0;

  /** How far a conditional branch goes, in bytes; a jump goes farther than code is long. */
  private static final int BRANCH_REACH = 4096;

  /** The number of {@code riscv_flush_icache(start, end, flags)}: {@code asm/unistd.h}. */
  static final int FLUSH_ICACHE = 259;

  private final boolean far;

  /** Makes the processor. */
  public Rv64() {
    this(false);
  }

  /**
   * Makes the processor.
   *
   * @param far whether the code of every program is far, as {@link Rv64Lowering} has it
   */
  private Rv64(boolean far) {
    this.far = far;
  }

  @Override
  public Arch arch() {
    return Arch.RISCV64;
  }

  @Override
  public Lowering lower(Program program, Target target, Placement placement) {
    return new Rv64Lowering(program, target, placement, far || isLong(program, target, placement));
  }

  /** Returns whether a program is too long for branches, were it far. */
  private static boolean isLong(Program program, Target target, Placement placement) {
    return SequenceCompiler.compile(new Rv64(true), program, target, placement).bytes().length
        > BRANCH_REACH;
  }

  @Override
  public AssembledCode fieldReader(Target target, int field) {
    Assembler asm = new Assembler(PADDING);
    Constants constants = new Constants(asm);
    Label end = asm.newLabel("end");
    constants.add(Reg.A1, Reg.TP, target.area(), Reg.A1);
    if (target.guarded()) {
      constants.load(Reg.A0, RseqAbi.CPU_ID_UNINITIALIZED);
      asm.emit(LW, Reg.A2, Mem.at(Reg.A1, OwnArea.GUARD));
      asm.emit(BEQ, Reg.A2, Reg.ZERO, end);
    }
    asm.emit(LW, Reg.A0, Mem.at(Reg.A1, field));
    asm.bind(end);
    return finish(asm);
  }

  @Override
  public AssembledCode registration(Target target) {
    Assembler asm = new Assembler(PADDING);
    Constants constants = new Constants(asm);
    Label end = asm.newLabel("end");
    constants.add(Reg.A0, Reg.TP, target.area(), Reg.A0);
    constants.load(Reg.A1, RseqAbi.ORIGINAL_SIZE);
    constants.load(Reg.A2, 0);
    constants.load(Reg.A3, Arch.RISCV64.rseqSignature());
    asm.emit(ADDI, Reg.A4, Reg.A0, new Imm(0)); // a system call changes a0 only
    if (target.guarded()) {
      asm.emit(SW, Reg.ZERO, Mem.at(Reg.A4, RseqAbi.FLAGS));
    }
    systemCall(asm, SystemCall.RSEQ.number(Arch.RISCV64));
    if (target.guarded()) {
      asm.emit(BNE, Reg.A0, Reg.ZERO, end);
      constants.load(Reg.A1, target.indices());
      asm.emit(SW, Reg.A1, Mem.at(Reg.A4, OwnArea.GUARD));
    }
    asm.bind(end);
    return finish(asm);
  }

  @Override
  public AssembledCode threadPointer() {
    Assembler asm = new Assembler(PADDING);
    asm.emit(ADDI, Reg.A0, Reg.TP, new Imm(0));
    return finish(asm);
  }

  /**
   * Returns the code that asks the kernel to have every hart that runs this process fetch anew:
   * {@code fence.i} would do so on one hart only, which the thread may leave.
   */
  @Override
  public Optional<AssembledCode> cacheFlush() {
    Assembler asm = new Assembler(PADDING);
    asm.emit(ADDI, Reg.A2, Reg.ZERO, new Imm(0));
    systemCall(asm, FLUSH_ICACHE);
    return Optional.of(finish(asm));
  }

  private static void systemCall(Assembler asm, int number) {
    new Constants(asm).load(Reg.A7, number);
    asm.emit(ECALL);
  }

  private static AssembledCode finish(Assembler asm) {
    asm.emit(JALR, Reg.ZERO, Mem.at(Reg.RA));
    return asm.finish();
  }
}
