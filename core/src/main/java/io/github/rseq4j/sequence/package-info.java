/**
 * The sequence language: a restartable sequence as data.
 *
 * <p>A {@link io.github.rseq4j.sequence.Sequence} is a verified list of {@link
 * io.github.rseq4j.sequence.Step} records, written once in Java with a {@link
 * io.github.rseq4j.sequence.SequenceBuilder}. It can be printed, interpreted, and compiled to
 * machine code; every backend only lowers the steps and adds no meaning of its own.
 */
@NullMarked
package io.github.rseq4j.sequence;

import org.jspecify.annotations.NullMarked;
