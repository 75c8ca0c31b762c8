/** What is active in this process, per-CPU memory, and sequences linked to it. */
@NullMarked
package io.github.rseq4j.internal.rseq;

import org.jspecify.annotations.NullMarked;
