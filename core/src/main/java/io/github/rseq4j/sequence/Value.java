package io.github.rseq4j.sequence;

/**
 * A 64-bit number that a sequence holds in a register: a parameter, or what one step computed.
 *
 * <p>A value is set exactly once and belongs to the sequence it was made in; two values are equal
 * only if they are the same object.
 */
public final class Value implements Operand, Parameter {
  private final int id;
  private final String name;

  Value(int id, String name) {
    this.id = id;
    this.name = name;
  }

  /** Returns this value's number in its sequence: parameters first, then results, from 0. */
  @Override
  public int id() {
    return id;
  }

  /** Returns the name used in listings. */
  @Override
  public String toString() {
    return name;
  }
}
