package io.github.rseq4j.internal.compile.x64;

import static io.github.rseq4j.internal.compile.x64.Insn.*;

import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;

/** The entry barrier of a Java method's code. */
final class Barrier {
  /** The frame of a method while it calls the barrier: return address, rbp, and one more word. */
  static final int FRAME_BYTES = 24;

  private static final Reg THREAD = Reg.R15;
  private static final int WORD_BYTES = 8;

  private final Assembler asm;
  private final int guard;
  private final long address;
  private final Label raised;
  private final Label passed;

  /**
   * Makes a barrier.
   *
   * @param guard the offset of what is checked, from the register of the thread
   * @param address what is called
   */
  Barrier(Assembler asm, int guard, long address) {
    this.asm = asm;
    this.guard = guard;
    this.address = address;
    this.raised = asm.newLabel("barrier_raised");
    this.passed = asm.newLabel("barrier_passed");
  }

  /** Emits the check, which must be the first instruction. */
  void check() {
    asm.emit(CMP_RM32_IMM32, Mem.at(THREAD, guard), new Imm(0));
    asm.emit(JNE, raised);
    asm.bind(passed);
  }

  /**
   * Emits the call. It keeps all registers; or, if HotSpot has given the code up meanwhile, leaves
   * this frame, which it takes to have the caller's rbp below the return address, for the caller's
   * call to be resolved anew ({@code BarrierSetNMethod::deoptimize}).
   */
  void call() {
    asm.note("entry barrier");
    asm.bind(raised);
    asm.emit(PUSH_R64, Reg.RBP);
    asm.emit(SUB_RM64_IMM8, Reg.RSP, new Imm(WORD_BYTES));
    asm.emit(MOVABS_R64_IMM64, Reg.R10, new Imm(address));
    asm.emit(CALL_RM64, Reg.R10);
    asm.emit(ADD_RM64_IMM8, Reg.RSP, new Imm(WORD_BYTES));
    asm.emit(POP_R64, Reg.RBP);
    asm.emit(JMP, passed);
  }
}
