package io.github.rseq4j.sequence;

/** Memory of the caller that a sequence copies from. */
public final class Source implements CallerMemory {
  private final int id;
  private final String name;
  private final Value size;

  Source(int id, String name) {
    this.id = id;
    this.name = name;
    this.size = new Value(id + 1, name + ".size");
  }

  /** Returns this source's number among the parameters and values of its sequence. */
  @Override
  public int id() {
    return id;
  }

  @Override
  public Value size() {
    return size;
  }

  /** Returns the name used in listings. */
  @Override
  public String toString() {
    return name;
  }
}
