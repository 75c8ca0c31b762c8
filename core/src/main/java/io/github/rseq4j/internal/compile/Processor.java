package io.github.rseq4j.internal.compile;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.sequence.Program;
import java.util.Optional;

/**
 * A processor that sequences are compiled for.
 *
 * <p>Each is one package: a register file, a table of instructions, and a {@link Lowering}.
 */
public interface Processor {
  /** Returns the name of the architecture by which Linux knows this processor. */
  Arch arch();

  /** Starts to lower a program. */
  Lowering lower(Program program, Target target, Placement placement);

  /**
   * Returns a function {@code int f()} that reads a 32-bit field of the calling thread's area; or
   * returns -1 if the area is guarded and the thread is not registered.
   *
   * @param field the offset of the field in the area
   */
  AssembledCode fieldReader(Target target, int field);

  /**
   * Returns a function {@code long f()} that makes the system call rseq(2) to register the area of
   * the calling thread, and returns 0 or a negative error number. If it is 0 and the area is
   * guarded, the guard has become the number of indices; the area's flags, too, are set only here.
   */
  AssembledCode registration(Target target);

  /** Returns a function {@code long f()} that returns the thread pointer. */
  AssembledCode threadPointer();

  /**
   * Returns a function {@code void f(long start, long end)} that makes the processor fetch what was
   * written between two addresses, both multiples of 4; empty if it does so anyway.
   */
  Optional<AssembledCode> cacheFlush();
}
