package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.SequenceState;
import io.github.rseq4j.internal.link.SequenceLinker;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import io.github.rseq4j.sequence.Program;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * A program as machine code with injection points, for tests that hold or delay threads inside its
 * sequences.
 *
 * @param handle as that of {@link RegionLinker#link(Program)}
 * @param state what the code shares with Java: what to hold and to delay, and how often the kernel
 *     has aborted it
 * @param points how many injection points there are, numbered from 1
 */
public record InjectedProgram(MethodHandle handle, SequenceState state, int points) {
  /**
   * Compiles and links a program. The code stays for ever.
   *
   * @throws IllegalStateException if sequences cannot run as machine code here
   */
  public static InjectedProgram link(Program program) {
    Platform platform = Platform.current();
    Platform.Machine machine =
        platform
            .machine()
            .orElseThrow(() -> new IllegalStateException(platform.availability().reason()));
    try {
      SequenceLinker.Linked linked = machine.injectingLinker().link(program);
      MethodHandle handle =
          MethodHandles.insertArguments(RegionLinker.adapt(program, linked.handle()), 1, 0L);
      return new InjectedProgram(handle, linked.state(), SequenceCompiler.injectionPoints(program));
    } catch (CodeSpaceException e) {
      // It was to be had when the platform was detected.
      throw new IllegalStateException(e);
    }
  }
}
