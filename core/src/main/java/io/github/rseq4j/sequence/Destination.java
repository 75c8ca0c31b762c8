package io.github.rseq4j.sequence;

/**
 * Memory of the caller that a sequence writes to. What is there is only meaningful once the
 * sequence has committed: a run that is aborted, or leaves without a commit, may have written.
 */
public final class Destination implements CallerMemory {
  private final int id;
  private final String name;
  private final Value size;

  Destination(int id, String name) {
    this.id = id;
    this.name = name;
    this.size = new Value(id + 1, name + ".size");
  }

  /** Returns this destination's number among the parameters and values of its sequence. */
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
