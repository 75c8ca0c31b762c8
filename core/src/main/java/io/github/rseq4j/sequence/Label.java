package io.github.rseq4j.sequence;

/** A place later in a sequence, to which {@link Step.SkipIf} goes. */
public final class Label {
  private final String name;

  Label(String name) {
    this.name = name;
  }

  /** Returns the name used in listings. */
  @Override
  public String toString() {
    return name;
  }
}
