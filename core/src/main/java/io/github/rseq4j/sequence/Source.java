package io.github.rseq4j.sequence;

/**
 * A parameter of a sequence that is memory to copy from: any readable {@link
 * java.lang.foreign.MemorySegment}, native or over a primitive array.
 */
public final class Source implements Parameter {
  private final int id;
  private final String name;

  Source(int id, String name) {
    this.id = id;
    this.name = name;
  }

  /** Returns this source's number among the parameters and values of its sequence. */
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
