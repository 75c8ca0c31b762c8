/**
 * The processor AArch64: registers, one table of instructions written as in the Arm Architecture
 * Reference Manual, and what gives its notation a meaning.
 */
@NullMarked
package io.github.rseq4j.internal.compile.a64;

import org.jspecify.annotations.NullMarked;
