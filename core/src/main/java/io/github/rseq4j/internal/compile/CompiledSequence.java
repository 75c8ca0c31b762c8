package io.github.rseq4j.internal.compile;

import io.github.rseq4j.internal.asm.x64.AssembledCode;

/**
 * The code of a sequence for one place in memory; it is entered at its first byte.
 *
 * @param code the bytes and their listing
 */
public record CompiledSequence(AssembledCode code) {
  /** Returns the listing: offset, bytes, instruction, and the step it comes from. */
  public String listing() {
    return code.listing();
  }
}
