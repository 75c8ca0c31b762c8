package io.github.rseq4j.internal.compile;

/**
 * What code is generated for: the facts of one process that its instructions contain.
 *
 * @param area bytes from the thread pointer to the area shared with the kernel (struct rseq)
 * @param indices how many indices there are: the first one that is out of bounds
 * @param injection whether numbered points are compiled in, at which a test can hold a thread
 */
public record Target(int area, int indices, boolean injection) {
  /** Returns this target with injection points. */
  public Target withInjection() {
    return new Target(area, indices, true);
  }
}
