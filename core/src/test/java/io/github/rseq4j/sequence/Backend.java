package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;

/** Something that runs sequences. */
@FunctionalInterface
public interface Backend {
  /**
   * Runs a sequence.
   *
   * @param slice {@value Slices#BYTES} bytes that it begins with, and that it leaves here
   * @param arguments a {@link Long} for each value, a {@link MemorySegment} for each source
   * @return its result
   */
  long run(Sequence sequence, MemorySegment slice, Object... arguments);
}
