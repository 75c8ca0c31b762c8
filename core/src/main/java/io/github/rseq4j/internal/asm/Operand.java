package io.github.rseq4j.internal.asm;

import org.jspecify.annotations.Nullable;

/**
 * What an instruction works on: a register or an address of some processor, a number, a label.
 *
 * <p>{@code toString()} of each is its text in a listing; where that text depends on the
 * instruction (the size of memory, the width of an immediate) the instruction adds what is missing.
 */
public interface Operand {
  /** Returns the label that this operand refers to, or null if it refers to none. */
  default @Nullable Label label() {
    return null;
  }
}
