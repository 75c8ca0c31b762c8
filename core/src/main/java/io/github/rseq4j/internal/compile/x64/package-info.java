/**
 * The processor x86-64: registers, one table of instructions written as in the Intel manual, and
 * how each step of a sequence becomes instructions.
 */
@NullMarked
package io.github.rseq4j.internal.compile.x64;

import org.jspecify.annotations.NullMarked;
