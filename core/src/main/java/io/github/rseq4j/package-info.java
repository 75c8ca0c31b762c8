/** Linux restartable sequences: what is active in this process, and where the thread runs. */
@NullMarked
package io.github.rseq4j;

import org.jspecify.annotations.NullMarked;
