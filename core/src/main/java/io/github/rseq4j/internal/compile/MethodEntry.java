package io.github.rseq4j.internal.compile;

/**
 * What HotSpot wants at the entry of a method's code: a comparison of a word of the thread with a
 * constant, which HotSpot changes in the code when it has to see the next thread that enters
 * (nmethod entry barrier), and a call if they differ.
 *
 * @param guard the offset of the word from the register that points to the thread
 * @param barrier the address of what is called
 */
public record MethodEntry(int guard, long barrier) {}
