package io.github.rseq4j.internal.link;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.linux.CodeSpace;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Makes functions of machine code callable. */
final class NativeFunctions {
  private NativeFunctions() {}

  /**
   * Installs a function that does not depend on where it is.
   *
   * @throws CodeSpaceException if the system refuses executable memory
   */
  static MethodHandle install(CodeSpace space, AssembledCode code, FunctionDescriptor type)
      throws CodeSpaceException {
    byte[] bytes = code.bytes();
    CodeSpace.Installed installed =
        space.install(
            bytes.length,
            (destination, _, _) -> destination.copyFrom(MemorySegment.ofArray(bytes)));
    return handle(installed.entry(), type, false);
  }

  /**
   * Returns a handle that calls the function at an address; the call is critical.
   *
   * @param heap whether a segment that is passed may be a heap array
   */
  @SuppressWarnings("restricted") // the code is ours and has this shape
  static MethodHandle handle(long entry, FunctionDescriptor type, boolean heap) {
    return Linker.nativeLinker()
        .downcallHandle(MemorySegment.ofAddress(entry), type, Linker.Option.critical(heap));
  }
}
