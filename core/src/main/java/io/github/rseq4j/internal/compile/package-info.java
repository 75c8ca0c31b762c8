/**
 * Compiling sequences to machine code: what is the same for all processors. Each processor is a
 * package below this one.
 */
@NullMarked
package io.github.rseq4j.internal.compile;

import org.jspecify.annotations.NullMarked;
