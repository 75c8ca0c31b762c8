package io.github.rseq4j.internal.asm;

/**
 * One line of a listing: an instruction, a piece of data, some padding, or a label.
 *
 * @param offset where its bytes begin, from the start of the code
 * @param length how many bytes it has; 0 for a label
 * @param text an instruction in the spelling of objdump, but for labels, which stand by name; data
 *     and padding as directives of the GNU assembler; a label's name and a colon
 * @param note what the instruction is for, or empty
 */
public record Line(int offset, int length, String text, String note) {}
