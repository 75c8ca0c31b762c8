/** Lowering of sequences to machine code, and linking of that code to method handles. */
@NullMarked
package io.github.rseq4j.internal.compile;

import org.jspecify.annotations.NullMarked;
