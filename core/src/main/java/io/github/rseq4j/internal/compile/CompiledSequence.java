package io.github.rseq4j.internal.compile;

import io.github.rseq4j.internal.asm.x64.AssembledCode;

/**
 * The code of a sequence for one place in memory.
 *
 * @param code the bytes and their listing
 * @param entry the offset in {@code code} at which a call begins
 */
public record CompiledSequence(AssembledCode code, int entry) {}
