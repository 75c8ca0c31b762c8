package io.github.rseq4j.internal.compile;

/**
 * Where code will be.
 *
 * @param code the address of its first byte, a multiple of 32
 * @param state the address of the {@link SequenceState}, less than 2 GiB away
 */
public record Placement(long code, long state) {
  /** A placement for code that is only looked at. */
  public static final Placement NOWHERE = new Placement(0, 0);
}
