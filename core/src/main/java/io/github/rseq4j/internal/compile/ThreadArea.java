package io.github.rseq4j.internal.compile;

import static io.github.rseq4j.internal.asm.x64.Insn.*;

import io.github.rseq4j.internal.asm.x64.Assembler;
import io.github.rseq4j.internal.asm.x64.Imm;
import io.github.rseq4j.internal.asm.x64.Mem;
import io.github.rseq4j.internal.asm.x64.Reg;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.CodeSpace;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.internal.linux.SystemCall;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Access to the area that the kernel shares with the calling thread (struct rseq).
 *
 * <p>It needs generated code, because Java cannot see the thread pointer; and each access is one
 * call, because between two a virtual thread may move to another carrier.
 */
public final class ThreadArea {
  private final CodeSpace space;
  private final int offset;

  /**
   * Makes access to the area.
   *
   * @param space where the code goes
   * @param offset bytes from the thread pointer to the area
   */
  public ThreadArea(CodeSpace space, int offset) {
    this.space = space;
    this.offset = offset;
  }

  /**
   * Returns a handle of type {@code ()int} that reads a 32-bit field.
   *
   * @param field the offset of the field in the area
   * @throws CodeSpaceException if the system refuses executable memory
   */
  public MethodHandle reader(int field) throws CodeSpaceException {
    Assembler asm = new Assembler();
    asm.emit(MOV_R32_RM32, Reg.RAX, Mem.fs(offset + field));
    asm.emit(RET);
    return link(asm, ValueLayout.JAVA_INT);
  }

  /**
   * Returns a handle of type {@code ()long} that registers the area with the kernel and returns 0
   * or a negative error number, as the system call does (rseq(2); legacy length, for which every
   * kernel with rseq has room).
   *
   * @throws CodeSpaceException if the system refuses executable memory
   */
  public MethodHandle registration() throws CodeSpaceException {
    Assembler asm = new Assembler();
    asm.emit(MOV_R32_IMM32, Reg.RAX, new Imm(SystemCall.RSEQ.number(Arch.X86_64)));
    asm.emit(MOV_R64_RM64, Reg.RDI, Mem.fs(0));
    asm.emit(ADD_RM64_IMM32, Reg.RDI, new Imm(offset));
    asm.emit(MOV_R32_IMM32, Reg.RSI, new Imm(RseqAbi.ORIGINAL_SIZE));
    asm.emit(XOR_R32_RM32, Reg.RDX, Reg.RDX);
    asm.emit(MOV_R32_IMM32, Reg.R10, new Imm(Arch.X86_64.rseqSignature()));
    asm.emit(SYSCALL);
    asm.emit(RET);
    return link(asm, ValueLayout.JAVA_LONG);
  }

  @SuppressWarnings("restricted") // the code is ours and has this shape
  private MethodHandle link(Assembler asm, ValueLayout result) throws CodeSpaceException {
    byte[] bytes = asm.finish().bytes();
    CodeSpace.Installed installed =
        space.install(
            bytes.length,
            (destination, _, _) -> destination.copyFrom(MemorySegment.ofArray(bytes)));
    return Linker.nativeLinker()
        .downcallHandle(
            MemorySegment.ofAddress(installed.entry()),
            FunctionDescriptor.of(result),
            Linker.Option.critical(false));
  }
}
