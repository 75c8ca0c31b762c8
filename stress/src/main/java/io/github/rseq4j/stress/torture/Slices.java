package io.github.rseq4j.stress.torture;

import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.internal.rseq.ThreadFields;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.LibrseqSequences;

/**
 * Per-CPU memory by the number of the slice and of the 64-bit word in it.
 *
 * @param region the memory
 * @param index what the sequences select a slice by
 */
record Slices(Region region, IndexKind index) {
  /** Allocates slices of at least so many words, and large enough for every operation. */
  static Slices allocate(IndexKind index, long words) {
    long bytes = Math.max(words * Long.BYTES, LibrseqSequences.MAX_COPY);
    return new Slices(Region.allocate(bytes), index);
  }

  int count() {
    return region.slices();
  }

  /** Returns the slice that the calling thread would work on, which may be another one by now. */
  int current() {
    return switch (index) {
      case CPU_ID -> ThreadFields.cpuId();
      case MM_CID -> ThreadFields.mmCid();
    };
  }

  long get(int slice, long word) {
    return region.getAcquire(slice, word * Long.BYTES);
  }

  void set(int slice, long word, long value) {
    region.setRelease(slice, word * Long.BYTES, value);
  }

  long sum(long word) {
    return region.sum(word * Long.BYTES);
  }
}
