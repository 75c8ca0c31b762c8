/**
 * librseq's operations under migration, preemption, signals and delays inside the sequences, after
 * the parametrised test of librseq and of the kernel's selftests.
 */
@NullMarked
package io.github.rseq4j.stress.torture;

import org.jspecify.annotations.NullMarked;
