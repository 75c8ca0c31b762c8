package io.github.rseq4j.sequence;

import java.util.Arrays;

/**
 * What a thread or a CPU has seen of the memory of a {@link ModelChecker}: for each word, the
 * number of the newest store that it can no longer read behind. Immutable.
 */
final class ModelView {
  /** The view in which nothing but the first value of each word is seen. */
  static final ModelView NOTHING = new ModelView(new int[0]);

  /** For each word, or 0 for those behind its end. */
  private final int[] seen;

  private ModelView(int[] seen) {
    this.seen = seen;
  }

  /** Returns the number of the oldest store to a word that can still be read. */
  int of(int word) {
    return word < seen.length ? seen[word] : 0;
  }

  /** Returns this view after store number {@code store} to a word was seen. */
  ModelView with(int word, int store) {
    if (of(word) >= store) {
      return this;
    }
    int[] copy = Arrays.copyOf(seen, Math.max(seen.length, word + 1));
    copy[word] = store;
    return new ModelView(copy);
  }

  /** Returns the view of who has seen what this and the other view have seen. */
  ModelView join(ModelView other) {
    if (this == other || other.seen.length == 0) {
      return this;
    }
    int[] joined = Arrays.copyOf(seen, Math.max(seen.length, other.seen.length));
    for (int word = 0; word < other.seen.length; word++) {
      joined[word] = Math.max(joined[word], other.seen[word]);
    }
    return new ModelView(joined);
  }
}
