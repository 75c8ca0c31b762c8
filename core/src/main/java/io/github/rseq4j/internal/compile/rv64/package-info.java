/**
 * The processor RISC-V with 64 bits: registers, one table of instructions written as in the RISC-V
 * manuals, and what gives its notation a meaning.
 */
@NullMarked
package io.github.rseq4j.internal.compile.rv64;

import org.jspecify.annotations.NullMarked;
