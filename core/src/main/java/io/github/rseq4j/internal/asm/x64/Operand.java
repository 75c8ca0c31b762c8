package io.github.rseq4j.internal.asm.x64;

/**
 * What an instruction works on.
 *
 * <p>{@code toString()} of each is its text in a listing; where that text depends on the
 * instruction (the size of memory, the width of an immediate) the instruction adds what is missing.
 */
public sealed interface Operand permits Reg, Xmm, Mem, Imm, Label {}
