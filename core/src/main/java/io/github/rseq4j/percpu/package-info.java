/**
 * Structures whose writers touch only the memory of the CPU they run on: no lock, no atomic
 * instruction, and exact whatever is preempted, migrated or signalled meanwhile.
 */
@NullMarked
package io.github.rseq4j.percpu;

import org.jspecify.annotations.NullMarked;
