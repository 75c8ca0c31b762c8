package io.github.rseq4j.internal.link;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.linux.CodeSpace;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Access to the area that the kernel shares with the calling thread (struct rseq).
 *
 * <p>It needs generated code, because Java cannot see the thread pointer; and each access is one
 * call, because between two a virtual thread may move to another carrier.
 */
public final class ThreadArea {
  private final Processor processor;
  private final CodeSpace space;
  private final int offset;

  /**
   * Makes access to the area.
   *
   * @param processor that of this machine
   * @param space where the code goes
   * @param offset bytes from the thread pointer to the area
   */
  public ThreadArea(Processor processor, CodeSpace space, int offset) {
    this.processor = processor;
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
    return link(processor.fieldReader(offset + field), ValueLayout.JAVA_INT);
  }

  /**
   * Returns a handle of type {@code ()long} that registers the area with the kernel and returns 0
   * or a negative error number, as the system call does (rseq(2); legacy length, for which every
   * kernel with rseq has room).
   *
   * @throws CodeSpaceException if the system refuses executable memory
   */
  public MethodHandle registration() throws CodeSpaceException {
    return link(processor.registration(offset), ValueLayout.JAVA_LONG);
  }

  private MethodHandle link(AssembledCode code, ValueLayout result) throws CodeSpaceException {
    return NativeFunctions.install(space, code, FunctionDescriptor.of(result));
  }
}
