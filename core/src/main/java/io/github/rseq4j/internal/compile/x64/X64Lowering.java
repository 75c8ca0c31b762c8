package io.github.rseq4j.internal.compile.x64;

import static io.github.rseq4j.internal.compile.x64.Insn.*;

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
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Transfer;
import io.github.rseq4j.sequence.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lowers a program to x86-64. */
final class X64Lowering implements Lowering {
  /*
   * Base and stride come in the first two registers of the calling convention, and words of
   * parameters in the others and on the stack. All stay in registers to the end; of a C function
   * (the Java method's are in Convention) these are:
   *
   *   rdi         slice; the base is kept in xmm1
   *   rsi         stride
   *   rax         scratch
   *   rdx rcx r8 r9, then the registers of the stack's words     parameters
   *   the rest    values; r10 and r11 are a copy's where the program has one
   *   xmm0        a copy's block
   *   xmm2 xmm3   doubles
   *
   * A shift by a value takes its count in cl. A program that has one keeps nothing in rcx: r10
   * takes its place, and a copy uses rcx instead.
   *
   * A Java method's code may be freed once no thread is in it: when its class is unloaded, or
   * whenever HotSpot will. Its descriptors are elsewhere and stay; but a thread whose rseq_cs still
   * points to one would be taken to be in the sequence while it runs whatever is at these addresses
   * then. So the code sets rseq_cs to null before it returns. No thread can be between the two when
   * the code is freed, since it cannot reach a safepoint there.
   */

  static final Reg SCRATCH = Reg.RAX;
  static final Xmm SAVED_BASE = Xmm.XMM1;
  private static final int STACK_WORD = 8;

  private final Assembler asm = new Assembler(X64.PADDING);
  private final X64Steps steps = new X64Steps(this);
  private final Program program;
  private final Target target;
  private final Placement placement;
  private final Convention convention;
  private final @Nullable Barrier barrier;
  private final List<Reg> copy;
  private final List<Reg> pool;
  private final List<Reg> pushed;
  private final ProgramRegisters<Reg> registers;

  /** How many descriptors have been armed: they are put down in this order. */
  private int armed;

  X64Lowering(Program program, Target target, Placement placement) {
    this.program = program;
    this.target = target;
    this.placement = placement;
    this.convention = target.method().isPresent() ? Convention.METHOD : Convention.FUNCTION;
    this.barrier =
        target
            .method()
            .map(method -> new Barrier(asm, method.guard(), method.barrier()))
            .orElse(null);
    List<Step> all =
        program.sequences().stream().flatMap(sequence -> sequence.steps().stream()).toList();
    boolean shifts = all.stream().anyMatch(X64Steps::shiftsByValue);
    this.copy = List.of(shifts ? Reg.RCX : Reg.R10, Reg.R11);
    this.pool = new ArrayList<>(convention.arguments());
    if (shifts) {
      pool.set(convention.arguments().indexOf(Reg.RCX), Reg.R10);
    }
    if (all.stream().noneMatch(Transfer.class::isInstance)) {
      copy.stream().filter(each -> each != Reg.RCX).forEach(pool::add);
    }
    pool.addAll(convention.free());
    pool.addAll(convention.saved());
    this.registers = new ProgramRegisters<>(program, pool);
    this.pushed = convention.saved().stream().filter(registers::uses).toList();
  }

  /** Returns the register of a parameter or value of the sequence in use. */
  Reg of(Parameter parameter) {
    return registers.of(parameter);
  }

  /** Returns the register of the slice's address. */
  Reg slice() {
    return convention.slice();
  }

  /** Returns the register of the stride. */
  Reg stride() {
    return convention.stride();
  }

  /** Returns the two registers that a copy may change. */
  List<Reg> copy() {
    return copy;
  }

  @Override
  public Assembler assembler() {
    return asm;
  }

  @Override
  public void enter() {
    if (barrier != null) {
      barrier.check();
    }
    asm.emit(MOVQ_XMM_RM64, SAVED_BASE, slice());
    pushed.forEach(register -> asm.emit(PUSH_R64, register));
    int words = program.sequences().getFirst().parameterWords();
    for (int word = 0; word < words; word++) {
      Reg place = pool.get(word);
      if (word >= convention.arguments().size()) {
        int above = pushed.size() + 1 + word - convention.arguments().size();
        asm.emit(MOV_R64_RM64, place, Mem.at(Reg.RSP, STACK_WORD * above));
      } else if (place != convention.arguments().get(word)) {
        asm.emit(MOV_R64_RM64, place, convention.arguments().get(word));
      }
    }
  }

  @Override
  public void use(Sequence sequence) {
    registers.use(sequence);
  }

  @Override
  public void restoreBase() {
    asm.emit(MOVQ_RM64_XMM, slice(), SAVED_BASE);
  }

  @Override
  public void arm(Label descriptor) {
    if (barrier == null) {
      asm.emit(LEA_R64_M, SCRATCH, Mem.rip(descriptor));
    } else {
      long address = placement.descriptors() + (long) armed * RseqAbi.DESCRIPTOR_SIZE;
      asm.emit(MOVABS_R64_IMM64, SCRATCH, new Imm(address));
      armed++;
    }
    asm.emit(MOV_RM64_R64, area(RseqAbi.RSEQ_CS), SCRATCH);
  }

  @Override
  public void index(Exits exits) {
    loadIndex(RseqAbi.CPU_ID, exits);
    if (program.index() == IndexKind.MM_CID) {
      // An unregistered thread's mm_cid reads as 0; only its cpu_id tells.
      loadIndex(RseqAbi.MM_CID, exits);
    }
    asm.emit(IMUL_R64_RM64, SCRATCH, stride());
    asm.emit(ADD_R64_RM64, slice(), SCRATCH);
  }

  private void loadIndex(int field, Exits exits) {
    asm.emit(MOV_R32_RM32, SCRATCH, area(field));
    if (target.guarded()) {
      asm.emit(CMP_R32_RM32, SCRATCH, area(OwnArea.GUARD));
    } else {
      asm.emit(CMP_RM32_IMM32, SCRATCH, new Imm(target.indices()));
    }
    asm.emit(JAE, exits.unregistered());
  }

  @Override
  public X64Steps steps() {
    return steps;
  }

  @Override
  public void leave(long result) {
    loadConstant(SCRATCH, result);
    emitPopsAndReturn();
  }

  @Override
  public void leave(Value result) {
    asm.emit(MOV_R64_RM64, SCRATCH, of(result));
    asm.emit(SHL_RM64_IMM6, SCRATCH, new Imm(1));
    asm.emit(SHR_RM64_IMM6, SCRATCH, new Imm(1));
    emitPopsAndReturn();
  }

  private void emitPopsAndReturn() {
    if (barrier != null) {
      asm.emit(MOV_RM64_IMM32, area(RseqAbi.RSEQ_CS), new Imm(0));
    }
    pushed.reversed().forEach(register -> asm.emit(POP_R64, register));
    asm.emit(RET);
  }

  @Override
  public void finish() {
    if (barrier != null) {
      barrier.call();
    }
  }

  @Override
  public void jump(Label to) {
    asm.emit(JMP, to);
  }

  @Override
  public void signature() {
    // ud1 edi, [rip + signature]: it disassembles, and traps if ever run.
    asm.data((byte) 0x0f, (byte) 0xb9, (byte) 0x3d);
    asm.int32(Arch.X86_64.rseqSignature());
  }

  @Override
  public void countRestart() {
    asm.emit(MOVABS_R64_IMM64, SCRATCH, new Imm(placement.state()));
    asm.emit(LOCK_INC_M64, Mem.at(SCRATCH, SequenceState.RESTARTS));
  }

  @Override
  public void injectionPoint(int number, Exits exits) {
    Imm point = new Imm(number);
    Label held = exits.fresh("held");
    Label notHeld = exits.fresh("not_held");
    Label delayed = exits.fresh("delayed");
    Label next = exits.fresh("next");
    asm.emit(MOVABS_R64_IMM64, SCRATCH, new Imm(placement.state()));
    asm.emit(CMP_RM32_IMM32, Mem.at(SCRATCH, SequenceState.HOLD), point);
    asm.emit(JNE, notHeld);
    asm.emit(MOV_RM32_IMM32, Mem.at(SCRATCH, SequenceState.ARRIVED), point);
    asm.bind(held);
    asm.emit(ADD_RM64_IMM8, Mem.at(SCRATCH, SequenceState.PATIENCE), new Imm(-1));
    asm.emit(JLE, notHeld);
    asm.emit(CMP_RM32_IMM32, Mem.at(SCRATCH, SequenceState.HOLD), point);
    asm.emit(JE, held);
    asm.bind(notHeld);
    asm.emit(CMP_RM32_IMM32, Mem.at(SCRATCH, SequenceState.DELAY), point);
    asm.emit(JNE, next);
    asm.emit(MOV_R64_RM64, SCRATCH, Mem.at(SCRATCH, SequenceState.DELAY_ROUNDS));
    asm.bind(delayed);
    asm.emit(ADD_RM64_IMM8, SCRATCH, new Imm(-1));
    asm.emit(JNE, delayed);
    asm.bind(next);
  }

  /** Puts a constant into a register by the shortest instruction that does. */
  void loadConstant(Reg register, long number) {
    if (number == 0) {
      asm.emit(XOR_R32_RM32, register, register);
    } else if (number == Integer.toUnsignedLong((int) number)) {
      asm.emit(MOV_R32_IMM32, register, new Imm((int) number));
    } else if (number == (int) number) {
      asm.emit(MOV_RM64_IMM32, register, new Imm(number));
    } else {
      asm.emit(MOVABS_R64_IMM64, register, new Imm(number));
    }
  }

  private Mem area(int field) {
    return Mem.fs(target.area() + field);
  }
}
