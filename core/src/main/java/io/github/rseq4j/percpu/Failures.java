package io.github.rseq4j.percpu;

import org.jspecify.annotations.Nullable;

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

  /** Throws what a hook has thrown, if there is any. */
  static void rethrow(@Nullable Throwable thrown) {
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown != null) {
      throw unexpected(thrown);
    }
  }

  /**
   * Adds what was thrown later to what was thrown first, unless it is the same; returns the first.
   */
  @SuppressWarnings("ReferenceEquality") // only the same one cannot be added
  static Throwable suppress(Throwable later, @Nullable Throwable first) {
    if (first == null) {
      return later;
    }
    if (later != first) {
      try {
        first.addSuppressed(later);
      } catch (OutOfMemoryError _) {
        // Then the first one alone is thrown.
      }
    }
    return first;
  }
}
