package io.github.rseq4j.internal.asm;

/**
 * A named place in the code of one {@link Assembler}, which makes it and binds it, once; it may be
 * used before it is bound.
 */
public final class Label implements Operand {
  private static final int UNBOUND = -1;

  private final String name;
  private int offset = UNBOUND;

  Label(String name) {
    this.name = name;
  }

  /** Returns the name, which no other label of the same assembler has. */
  public String name() {
    return name;
  }

  /**
   * Returns where the label is bound, in bytes from the start of the code.
   *
   * @throws IllegalStateException if it is not bound
   */
  public int offset() {
    if (offset == UNBOUND) {
      throw new IllegalStateException("label " + name + " is not bound");
    }
    return offset;
  }

  @Override
  public Label label() {
    return this;
  }

  void bind(int position) {
    if (offset != UNBOUND) {
      throw new IllegalStateException(
          "label %s is bound to 0x%x already, and cannot be to 0x%x"
              .formatted(name, offset, position));
    }
    offset = position;
  }

  @Override
  public String toString() {
    return name;
  }
}
