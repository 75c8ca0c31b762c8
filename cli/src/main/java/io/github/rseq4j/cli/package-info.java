/** The commands of the script {@code rseq4j}: what is active, and the main job. */
@NullMarked
package io.github.rseq4j.cli;

import org.jspecify.annotations.NullMarked;
