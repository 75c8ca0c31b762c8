package io.github.rseq4j.sequence;

/**
 * A way out of a sequence, and what it returns to the caller.
 *
 * @param name the name used in listings
 * @param result a constant, at least 0; or a value, of which the low 63 bits are returned, so that
 *     no result can be mistaken for one of the two implicit exits
 */
public record Exit(String name, Operand result) {
  /**
   * The result of the implicit exit of a thread that has no CPU number: it is not registered, or
   * the number is not below the number of slices. No memory was touched.
   */
  public static final long UNREGISTERED = Long.MIN_VALUE;

  /**
   * The result of the implicit exit of an indexed address or a copy that would leave the slice or
   * exceed its bound. Nothing was committed.
   */
  public static final long OUT_OF_BOUNDS = Long.MIN_VALUE + 1;

  /**
   * Returns the result of the implicit exit of a thread that has no CPU number when a sequence of a
   * program begins; those before it have committed.
   *
   * @param sequence the number of the sequence in its program, from 0
   */
  public static long unregistered(int sequence) {
    return sequence == 0 ? UNREGISTERED : OUT_OF_BOUNDS + sequence;
  }

  /**
   * Returns which sequence of a program had no CPU number when it began.
   *
   * @param result the result of a program
   * @return the number of the sequence, from 0; -1 for any other result
   */
  public static int unregisteredSequence(long result) {
    if (result >= 0 || result == OUT_OF_BOUNDS) {
      return -1;
    }
    return result == UNREGISTERED ? 0 : (int) (result - OUT_OF_BOUNDS);
  }

  /**
   * Checks the result.
   *
   * @throws IllegalArgumentException if the result is a negative constant
   */
  public Exit {
    if (result instanceof Operand.Constant(long number) && number < 0) {
      throw new IllegalArgumentException(
          "exit %s returns %d, which is below 0".formatted(name, number));
    }
  }

  /**
   * Returns an exit with a constant result.
   *
   * @param name the name used in listings
   * @param code the result, at least 0
   */
  public static Exit of(String name, int code) {
    return new Exit(name, new Operand.Constant(code));
  }

  /**
   * Returns an exit whose result is a value.
   *
   * @param name the name used in listings
   * @param result the value, returned without its highest bit
   */
  public static Exit of(String name, Value result) {
    return new Exit(name, result);
  }

  @Override
  public String toString() {
    return name + "(" + result + ")";
  }
}
