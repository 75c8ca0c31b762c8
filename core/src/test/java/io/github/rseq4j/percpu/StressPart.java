package io.github.rseq4j.percpu;

/** A structure in use by many threads at once, and what has to be true of it. */
interface StressPart {
  /**
   * Uses it.
   *
   * @param thread the number of the calling thread, which no other one has
   * @param round how often this thread has used it before
   */
  void use(int thread, int round) throws Exception;

  /** Does what one thread does meanwhile, such as reading. */
  default void look() throws Exception {}

  /** Checks the invariants, when nobody uses it any more and somebody has looked since. */
  void check();
}
