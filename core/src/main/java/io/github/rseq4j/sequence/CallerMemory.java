package io.github.rseq4j.sequence;

/**
 * A parameter that is memory of the caller: a {@link java.lang.foreign.MemorySegment}, native or
 * over a primitive array. It is passed as two words, its address and its size.
 */
public sealed interface CallerMemory extends Parameter permits Source, Destination {
  /** Returns the size in bytes, which every access is checked against. */
  Value size();

  @Override
  default int words() {
    return 2;
  }
}
