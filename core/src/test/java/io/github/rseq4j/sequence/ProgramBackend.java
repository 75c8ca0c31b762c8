package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;

/** Something that runs programs. */
@FunctionalInterface
public interface ProgramBackend {
  /**
   * Runs a program, all of it on one slice.
   *
   * @param slice {@value Slices#BYTES} bytes that it begins with, and that it leaves here
   * @param arguments a {@link Long} for each value, a {@link MemorySegment} for each memory
   * @return its result
   */
  long run(Program program, MemorySegment slice, Object... arguments);
}
