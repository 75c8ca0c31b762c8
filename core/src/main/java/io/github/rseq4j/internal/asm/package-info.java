/**
 * What the assemblers of all processors share: a code buffer, labels, and listings that read like
 * GNU objdump's.
 */
@NullMarked
package io.github.rseq4j.internal.asm;

import org.jspecify.annotations.NullMarked;
