package io.github.rseq4j.percpu;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Sequence;
import java.util.List;

/** The sequences that the structures of this package consist of, to be looked at. */
public final class BuiltInSequences {
  private BuiltInSequences() {}

  /** Returns all of them, with different names, each by the index that it has in this process. */
  public static List<Sequence> all() {
    IndexKind index = Rseq.availability().index().orElse(IndexKind.CPU_ID);
    return List.of(CounterLayout.ADD.indexedBy(index), RingSequences.WRITE, RingSequences.CLAIM);
  }
}
