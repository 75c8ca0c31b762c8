package io.github.rseq4j.percpu;

import io.github.rseq4j.sequence.LibrseqSequences;
import io.github.rseq4j.sequence.Sequence;
import java.util.List;
import java.util.stream.Stream;

/** The sequences that come with this library, to be looked at. */
public final class BuiltInSequences {
  private BuiltInSequences() {}

  /**
   * Returns all of them, with different names: those that the structures of this package consist
   * of, and {@link LibrseqSequences}.
   */
  public static List<Sequence> all() {
    return Stream.concat(
            Stream.of(
                CounterLayout.ADD,
                BankedSequences.MAX,
                BankedSequences.OR,
                BankedSequences.ADD_DOUBLE,
                RingSequences.WRITE,
                RingSequences.CLAIM,
                OverwriteSequences.MAKE_ROOM,
                OverwriteSequences.OVERWRITE,
                HistogramSequences.CLAMP,
                HistogramSequences.COVER,
                HistogramSequences.COUNT,
                QueueSequences.CLAIM,
                LockLayout.LOCK,
                StackSequences.PUSH,
                StackSequences.POP),
            LibrseqSequences.all().stream())
        .toList();
  }
}
