package io.github.rseq4j.internal.compile;

import static io.github.rseq4j.internal.asm.x64.Insn.*;

import io.github.rseq4j.internal.asm.x64.Assembler;
import io.github.rseq4j.internal.asm.x64.Imm;
import io.github.rseq4j.internal.asm.x64.Label;
import io.github.rseq4j.internal.asm.x64.Mem;
import io.github.rseq4j.internal.asm.x64.Reg;
import io.github.rseq4j.internal.asm.x64.Xmm;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Operand;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles a sequence to x86-64.
 *
 * <p>The code is a function of the System V calling convention: {@code long f(long base, long
 * stride, parameters...)}, where {@code base} is the address of the first slice and {@code stride}
 * the size of each.
 */
public final class X64Compiler {
  /*
   * The shape of the code
   *
   *   entry:    save base in xmm1, push the callee-saved registers in use
   *   restart:  rseq_cs = &descriptor            arms the sequence
   *   start:    index, bounds check, slice = base + index * stride
   *             the steps
   *             the last commit                  one instruction
   *   post:     result, pop, ret
   *             further exits
   *             signature
   *   abort:    restarts++ ; base again ; goto restart
   *             descriptors
   *
   * The kernel moves a thread to `abort` if it was preempted, migrated or signalled between start
   * and post, so the commit either is the last thing that happened on this CPU or did not happen.
   * Code behind `post` may run anywhere.
   *
   * A commit that is not the last in the code lies between start and post, so with that descriptor
   * an abort right after it would run the sequence a second time. It therefore gets a descriptor
   * of its own, armed immediately before it, whose range ends with it:
   *
   *             rseq_cs = &descriptor1           up to here the first range protects
   *   start1:   the commit                       from here the second one does
   *   post1:    result, pop, ret                 nothing does, nor needs to
   *
   * There is no gap: the store to rseq_cs is one instruction, inside the first range, and the next
   * instruction is inside the second.
   *
   * Registers: rdi holds base and then slice, rsi stride, rdx rcx r8 r9 the parameters, which keep
   * theirs since an abort starts from them; rax is scratch. A copy takes r10 and r11.
   */

  static final Reg SLICE = Reg.RDI;
  static final Reg STRIDE = Reg.RSI;
  static final Reg SCRATCH = Reg.RAX;
  static final Xmm SAVED_BASE = Xmm.XMM1;
  static final List<Reg> PARAMETERS = List.of(Reg.RDX, Reg.RCX, Reg.R8, Reg.R9);
  static final List<Reg> COPY = List.of(Reg.R10, Reg.R11);
  private static final List<Reg> CALLEE_SAVED =
      List.of(Reg.RBX, Reg.RBP, Reg.R12, Reg.R13, Reg.R14, Reg.R15);
  private static final int CODE_ALIGNMENT = 16;

  private record Descriptor(Label at, Label start, Label post) {}

  private record PendingExit(Label at, Exit exit) {}

  final Assembler asm = new Assembler();
  final RegisterAllocation<Reg> registers;
  private final Sequence sequence;
  private final Target target;
  private final long codeAddress;
  private final long stateAddress;
  private final List<Reg> pushed;
  private final List<Descriptor> descriptors = new ArrayList<>();
  private final List<PendingExit> exits = new ArrayList<>();
  private int points;
  private final Label abort = asm.newLabel("abort");
  private final Label unregistered = asm.newLabel("unregistered");
  private final Label outOfBounds = asm.newLabel("out_of_bounds");

  private X64Compiler(Sequence sequence, Target target, long codeAddress, long stateAddress) {
    this.sequence = sequence;
    this.target = target;
    this.codeAddress = codeAddress;
    this.stateAddress = stateAddress;
    this.registers = new RegisterAllocation<>(sequence, PARAMETERS, pool(sequence));
    this.pushed = CALLEE_SAVED.stream().filter(registers::uses).toList();
  }

  /**
   * Compiles.
   *
   * @param sequence the sequence
   * @param target what for
   * @param codeAddress where the first byte will be
   * @param stateAddress where the {@link SequenceState} will be
   * @return the code, of the same size whatever the addresses
   */
  public static CompiledSequence compile(
      Sequence sequence, Target target, long codeAddress, long stateAddress) {
    X64Compiler compiler = new X64Compiler(sequence, target, codeAddress, stateAddress);
    compiler.emit();
    return new CompiledSequence(compiler.asm.finish());
  }

  /**
   * Returns how many injection points a sequence has, numbered from 1 in the order of the code: one
   * before each step but the labels, and one more between arming and each commit that is not the
   * last step.
   */
  public static int injectionPoints(Sequence sequence) {
    int points = -1; // the last commit has one point only
    for (Step step : sequence.steps()) {
      points += step instanceof Step.Land ? 0 : step instanceof Step.Commit ? 2 : 1;
    }
    return points;
  }

  private static List<Reg> pool(Sequence sequence) {
    List<Reg> pool = new ArrayList<>(PARAMETERS);
    pool.subList(0, sequence.parameters().size()).clear();
    if (sequence.steps().stream().noneMatch(Step.Copy.class::isInstance)) {
      pool.addAll(COPY);
    }
    pool.addAll(CALLEE_SAVED);
    return pool;
  }

  private void emit() {
    asm.note("entry");
    asm.emit(MOVQ_XMM_RM64, SAVED_BASE, SLICE);
    pushed.forEach(register -> asm.emit(PUSH_R64, register));
    Label restart = asm.newLabel("restart");
    asm.bind(restart);
    asm.note("arm");
    Descriptor whole = arm();
    emitIndex();
    emitSteps(whole);
    emitExits();
    emitAbort(restart);
    emitDescriptors();
  }

  /** Arms a new descriptor, whose range starts here. */
  private Descriptor arm() {
    String number = descriptors.isEmpty() ? "" : Integer.toString(descriptors.size());
    Descriptor descriptor =
        new Descriptor(
            asm.newLabel("descriptor" + number),
            asm.newLabel("start" + number),
            asm.newLabel("post" + number));
    descriptors.add(descriptor);
    asm.emit(LEA_R64_M, SCRATCH, Mem.rip(descriptor.at));
    asm.emit(MOV_RM64_R64, area(RseqAbi.RSEQ_CS), SCRATCH);
    asm.bind(descriptor.start);
    return descriptor;
  }

  private void emitIndex() {
    asm.note("index, slice");
    Imm indices = new Imm(target.indices());
    int field = RseqAbi.CPU_ID;
    if (sequence.index() == IndexKind.MM_CID) {
      // An unregistered thread's mm_cid reads as 0; only its cpu_id tells.
      asm.emit(CMP_RM32_IMM32, area(RseqAbi.CPU_ID), indices);
      asm.emit(JAE, unregistered);
      field = RseqAbi.MM_CID;
    }
    asm.emit(MOV_R32_RM32, SCRATCH, area(field));
    asm.emit(CMP_RM32_IMM32, SCRATCH, indices);
    asm.emit(JAE, unregistered);
    asm.emit(IMUL_R64_RM64, SCRATCH, STRIDE);
    asm.emit(ADD_R64_RM64, SLICE, SCRATCH);
  }

  private void emitSteps(Descriptor whole) {
    X64Steps lowering = new X64Steps(this);
    List<Step> steps = sequence.steps();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (!(step instanceof Step.Land)) {
        emitInjectionPoint();
      }
      asm.note("%d  %s".formatted(i, step));
      lowering.lower(step);
      if (step instanceof Step.Commit commit) {
        boolean last = i == steps.size() - 1;
        Descriptor descriptor = last ? whole : arm();
        if (!last) {
          emitInjectionPoint();
        }
        asm.note("%d  %s".formatted(i, step));
        lowering.commit(commit);
        asm.bind(descriptor.post);
        emitExit(commit.exit());
      }
    }
  }

  private void emitInjectionPoint() {
    if (!target.injection()) {
      return;
    }
    int number = ++points;
    asm.note("injection point " + number);
    Label spin = asm.newLabel("held" + number);
    Label next = asm.newLabel("point" + number);
    asm.emit(MOVABS_R64_IMM64, SCRATCH, new Imm(stateAddress));
    asm.emit(CMP_RM32_IMM32, Mem.at(SCRATCH, SequenceState.HOLD), new Imm(number));
    asm.emit(JNE, next);
    asm.emit(MOV_RM32_IMM32, Mem.at(SCRATCH, SequenceState.ARRIVED), new Imm(number));
    asm.bind(spin);
    asm.emit(PAUSE);
    asm.emit(ADD_RM64_IMM8, Mem.at(SCRATCH, SequenceState.PATIENCE), new Imm(-1));
    asm.emit(JE, next);
    asm.emit(CMP_RM32_IMM32, Mem.at(SCRATCH, SequenceState.HOLD), new Imm(number));
    asm.emit(JE, spin);
    asm.bind(next);
  }

  /** Returns a label at which the code of {@code exit} will be. */
  Label exit(Exit exit) {
    Label at = asm.newLabel("exit%d_%s".formatted(exits.size(), exit.name()));
    exits.add(new PendingExit(at, exit));
    return at;
  }

  /** Returns the label of the exit for an address outside the slice. */
  Label outOfBounds() {
    return outOfBounds;
  }

  private void emitExits() {
    for (PendingExit pending : exits) {
      asm.bind(pending.at);
      asm.note("exit " + pending.exit);
      emitExit(pending.exit);
    }
    emitImplicitExit(outOfBounds, Exit.OUT_OF_BOUNDS);
    emitImplicitExit(unregistered, Exit.UNREGISTERED);
  }

  private void emitImplicitExit(Label at, long result) {
    asm.bind(at);
    asm.note("exit " + at);
    emitReturn(result);
  }

  private void emitExit(Exit exit) {
    switch (exit.result()) {
      case Operand.Constant(long number) -> emitReturn(number);
      case Value value -> {
        asm.emit(MOV_R64_RM64, SCRATCH, registers.of(value));
        asm.emit(SHL_RM64_IMM6, SCRATCH, new Imm(1));
        asm.emit(SHR_RM64_IMM6, SCRATCH, new Imm(1));
        emitPopsAndReturn();
      }
    }
  }

  private void emitReturn(long result) {
    loadConstant(SCRATCH, result);
    emitPopsAndReturn();
  }

  private void emitPopsAndReturn() {
    pushed.reversed().forEach(register -> asm.emit(POP_R64, register));
    asm.emit(RET);
  }

  private void emitAbort(Label restart) {
    asm.note("signature");
    // ud1 edi, [rip + signature]: it disassembles, and traps if ever run.
    asm.data((byte) 0x0f, (byte) 0xb9, (byte) 0x3d);
    asm.int32(Arch.X86_64.rseqSignature());
    asm.bind(abort);
    asm.note("abort");
    asm.emit(MOVABS_R64_IMM64, SCRATCH, new Imm(stateAddress));
    asm.emit(LOCK_INC_M64, Mem.at(SCRATCH, SequenceState.RESTARTS));
    asm.emit(MOVQ_RM64_XMM, SLICE, SAVED_BASE);
    asm.emit(JMP, restart);
  }

  private void emitDescriptors() {
    for (Descriptor descriptor : descriptors) {
      asm.note("descriptor: version and flags, start, length, abort");
      asm.align(RseqAbi.DESCRIPTOR_ALIGNMENT);
      asm.bind(descriptor.at);
      asm.int64(0);
      asm.int64(codeAddress + descriptor.start.offset());
      asm.int64(descriptor.post.offset() - descriptor.start.offset());
      asm.int64(codeAddress + abort.offset());
    }
    asm.align(CODE_ALIGNMENT);
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
