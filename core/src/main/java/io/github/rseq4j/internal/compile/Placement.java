package io.github.rseq4j.internal.compile;

/**
 * Where code will be.
 *
 * @param code the address of its first byte; a multiple of 32 if its descriptors are behind it
 * @param state the address of the {@link SequenceState}; less than 2 GiB away, if the code is not a
 *     method's
 * @param descriptors the address of its descriptors, a multiple of 32, if it is a method's: these
 *     are not behind the code, but are to be copied from there
 */
public record Placement(long code, long state, long descriptors) {
  /** A placement for code that is only looked at. */
  public static final Placement NOWHERE = new Placement(0, 0);

  /** Makes a placement of code with its descriptors behind it. */
  public Placement(long code, long state) {
    this(code, state, 0);
  }
}
