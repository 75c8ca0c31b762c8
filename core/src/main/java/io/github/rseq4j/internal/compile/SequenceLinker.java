package io.github.rseq4j.internal.compile;

import io.github.rseq4j.internal.linux.CodeSpace;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Source;
import io.github.rseq4j.sequence.Value;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Installs the machine code of sequences and makes it callable through the foreign function
 * interface.
 *
 * <p>Calls are <em>critical</em>: the thread stays in the Java state, so that neither a safepoint
 * nor a virtual-thread switch can come between entry and return, and sources may be heap arrays.
 */
public final class SequenceLinker {
  private final CodeSpace space;
  private final Target target;

  /**
   * Makes a linker.
   *
   * @param space where the code goes
   * @param target what it is generated for
   */
  public SequenceLinker(CodeSpace space, Target target) {
    this.space = space;
    this.target = target;
  }

  /**
   * A sequence that can be called.
   *
   * @param handle of type {@code (long base, long stride, parameters...)long}, where each parameter
   *     is a {@code long} or a {@link MemorySegment}. It trusts its caller for base and stride:
   *     they must be those of memory with as many slices as the target has indices, each at least
   *     {@link Sequence#minimumSlice()} bytes.
   * @param state what the code shares with Java
   */
  public record Linked(MethodHandle handle, SequenceState state) {}

  /**
   * Compiles and installs a sequence. The code stays for ever.
   *
   * @throws CodeSpaceException if the system refuses executable memory
   */
  @SuppressWarnings("restricted") // the code is ours and has this shape
  public Linked link(Sequence sequence) throws CodeSpaceException {
    int bytes = X64Compiler.compile(sequence, target, 0, 0).code().bytes().length;
    CodeSpace.Installed installed =
        space.install(
            bytes,
            (destination, code, data) ->
                destination.copyFrom(
                    MemorySegment.ofArray(
                        X64Compiler.compile(sequence, target, code, data).code().bytes())));
    boolean heap = sequence.parameters().stream().anyMatch(Source.class::isInstance);
    MethodHandle handle =
        Linker.nativeLinker()
            .downcallHandle(
                MemorySegment.ofAddress(installed.entry()),
                descriptor(sequence),
                Linker.Option.critical(heap));
    return new Linked(handle, new SequenceState(installed.data()));
  }

  private static FunctionDescriptor descriptor(Sequence sequence) {
    List<MemoryLayout> parameters = new ArrayList<>();
    parameters.add(ValueLayout.JAVA_LONG);
    parameters.add(ValueLayout.JAVA_LONG);
    for (Parameter parameter : sequence.parameters()) {
      parameters.add(
          switch (parameter) {
            case Value _ -> ValueLayout.JAVA_LONG;
            case Source _ -> ValueLayout.ADDRESS;
          });
    }
    return FunctionDescriptor.of(ValueLayout.JAVA_LONG, parameters.toArray(MemoryLayout[]::new));
  }
}
