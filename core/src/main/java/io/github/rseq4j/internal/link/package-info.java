/** Linking of compiled sequences to method handles, for the processor this process runs on. */
@NullMarked
package io.github.rseq4j.internal.link;

import org.jspecify.annotations.NullMarked;
