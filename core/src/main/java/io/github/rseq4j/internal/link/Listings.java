package io.github.rseq4j.internal.link;

import io.github.rseq4j.internal.compile.Placement;
import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.compile.bytecode.BytecodeCompiler;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.sequence.Program;

/** Listings of programs, on any machine. */
public final class Listings {
  private Listings() {}

  /** Returns the machine code of a program: offset, bytes, instruction, and step. */
  public static String of(Program program, Arch arch, Target target) {
    return SequenceCompiler.compile(
            Processors.of(arch).orElseThrow(), program, target, Placement.NOWHERE)
        .listing();
  }

  /** Returns the bytecode of a program, which is the same on every machine. */
  public static String bytecode(Program program) {
    return BytecodeCompiler.listing(program);
  }
}
