package io.github.rseq4j.percpu;

/** What can only be a mistake of this library. */
final class Failures {
  private Failures() {}

  /** Returns the exception for something that a linked sequence threw: they throw nothing. */
  static IllegalStateException unexpected(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(thrown);
  }

  /** Returns the exception for a result that a sequence cannot have, such as out of bounds. */
  static IllegalStateException impossible(long result) {
    return new IllegalStateException("sequence left with " + result);
  }
}
