/**
 * An assembler for x86-64: registers, operands, one table of instructions written as in the Intel
 * manual, labels, and listings that read like GNU objdump's.
 */
@NullMarked
package io.github.rseq4j.internal.asm.x64;

import org.jspecify.annotations.NullMarked;
