package io.github.rseq4j.percpu;

import java.util.List;

/** Exceptions: what can only be a mistake of this library, and what the hooks of callers throw. */
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

  /** Throws the first of what hooks have thrown, if there is any, with the others suppressed. */
  static void throwFirst(List<Throwable> thrown) {
    if (!thrown.isEmpty()) {
      Throwable first = thrown.getFirst();
      thrown.forEach(other -> suppress(other, first));
      if (first instanceof RuntimeException e) {
        throw e;
      }
      throw unexpected(first);
    }
  }

  /** Adds what was thrown later to what was thrown first, unless it is the same. */
  @SuppressWarnings("ReferenceEquality") // only the same one cannot be added
  static void suppress(Throwable later, Throwable first) {
    if (later != first) {
      first.addSuppressed(later);
    }
  }
}
