package io.github.rseq4j.percpu;

import io.github.rseq4j.sequence.Sequence;
import java.util.List;

/** The sequences that the structures of this package consist of, to be looked at. */
public final class BuiltInSequences {
  private BuiltInSequences() {}

  /** Returns all of them, with different names. */
  public static List<Sequence> all() {
    return List.of(CounterLayout.ADD, RingSequences.WRITE, RingSequences.CLAIM);
  }
}
