/**
 * Compiling programs to bytecode of the Java virtual machine, which runs them under a lock wherever
 * the kernel does not restart sequences.
 */
@NullMarked
package io.github.rseq4j.internal.compile.bytecode;

import org.jspecify.annotations.NullMarked;
