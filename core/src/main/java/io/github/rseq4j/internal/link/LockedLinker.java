package io.github.rseq4j.internal.link;

import io.github.rseq4j.internal.compile.bytecode.BytecodeCompiler;
import io.github.rseq4j.sequence.Program;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.locks.ReentrantLock;

/** Makes programs callable that run under a lock, as bytecode. */
public final class LockedLinker {
  /** The position of a program's first parameter in a handle. */
  private static final int FIRST_PARAMETER = 5;

  private LockedLinker() {}

  /**
   * Compiles and loads a program.
   *
   * @return a handle of type {@code (ReentrantLock lock, MemorySegment memory, long start, long
   *     stride, long offset, parameters...)long}, where each parameter is a {@code long} or a
   *     {@link MemorySegment}. It runs the program on the slice of {@code stride} bytes that begins
   *     at {@code start} in {@code memory}, with addresses that count from {@code offset} in the
   *     slice, and holds the {@link ReentrantLock} meanwhile.
   */
  public static MethodHandle link(Program program) {
    return CallerSegments.requireUsable(program, BytecodeCompiler.load(program), FIRST_PARAMETER);
  }
}
