package io.github.rseq4j.internal.compile.x64;

import static io.github.rseq4j.internal.compile.x64.Insn.*;

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
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The processor x86-64, on which Linux keeps the thread pointer in the base of FS. */
public final class X64 implements Processor {
  /** The registers of a Java method's arguments, in order, as HotSpot names them. */
  public static final List<String> METHOD_ARGUMENTS =
      Stream.of(
              Stream.of(Convention.METHOD.slice(), Convention.METHOD.stride()),
              Convention.METHOD.arguments().stream())
          .flatMap(each -> each.map(Reg::toString))
          .toList();

  /** What a Java method's code has on the stack, at most and in bytes, while it calls. */
  public static final int METHOD_FRAME_BYTES = Barrier.FRAME_BYTES;

  /** The code of {@code int3}. */
  static final byte PADDING = (byte) 0xcc;

  @Override
  public Arch arch() {
    return Arch.X86_64;
  }

  @Override
  public Lowering lower(Program program, Target target, Placement placement) {
    return new X64Lowering(program, target, placement);
  }

  @Override
  public AssembledCode registration(Target target) {
    Assembler asm = new Assembler(PADDING);
    Label end = asm.newLabel("end");
    if (target.guarded()) {
      asm.emit(MOV_RM32_IMM32, Mem.fs(target.area() + RseqAbi.FLAGS), new Imm(0));
    }
    asm.emit(MOV_R32_IMM32, Reg.RAX, new Imm(SystemCall.RSEQ.number(Arch.X86_64)));
    asm.emit(MOV_R64_RM64, Reg.RDI, Mem.fs(0));
    asm.emit(ADD_RM64_IMM32, Reg.RDI, new Imm(target.area()));
    asm.emit(MOV_R32_IMM32, Reg.RSI, new Imm(RseqAbi.ORIGINAL_SIZE));
    asm.emit(XOR_R32_RM32, Reg.RDX, Reg.RDX);
    asm.emit(MOV_R32_IMM32, Reg.R10, new Imm(Arch.X86_64.rseqSignature()));
    asm.emit(SYSCALL);
    if (target.guarded()) {
      asm.emit(TEST_RM64_R64, Reg.RAX, Reg.RAX);
      asm.emit(JNE, end);
      asm.emit(MOV_RM32_IMM32, Mem.fs(target.area() + OwnArea.GUARD), new Imm(target.indices()));
    }
    asm.bind(end);
    asm.emit(RET);
    return asm.finish();
  }

  @Override
  public AssembledCode fieldReader(Target target, int field) {
    Assembler asm = new Assembler(PADDING);
    Label end = asm.newLabel("end");
    Optional<Barrier> barrier =
        target.method().map(method -> new Barrier(asm, method.guard(), method.barrier()));
    barrier.ifPresent(Barrier::check);
    if (target.guarded()) {
      asm.emit(MOV_R32_IMM32, Reg.RAX, new Imm(RseqAbi.CPU_ID_UNINITIALIZED));
      asm.emit(CMP_RM32_IMM8, Mem.fs(target.area() + OwnArea.GUARD), new Imm(0));
      asm.emit(JE, end);
    }
    asm.emit(MOV_R32_RM32, Reg.RAX, Mem.fs(target.area() + field));
    asm.bind(end);
    asm.emit(RET);
    barrier.ifPresent(Barrier::call);
    return asm.finish();
  }

  @Override
  public AssembledCode threadPointer() {
    Assembler asm = new Assembler(PADDING);
    asm.emit(MOV_R64_RM64, Reg.RAX, Mem.fs(0)); // where it points to itself
    asm.emit(RET);
    return asm.finish();
  }

  @Override
  public Optional<AssembledCode> cacheFlush() {
    return Optional.empty(); // Intel SDM volume 3, "Self-Modifying Code"
  }
}
