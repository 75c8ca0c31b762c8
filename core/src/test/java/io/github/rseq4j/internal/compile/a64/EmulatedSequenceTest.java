package io.github.rseq4j.internal.compile.a64;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.ComputeContract;
import io.github.rseq4j.sequence.Frame;
import io.github.rseq4j.sequence.MemoryContract;
import io.github.rseq4j.sequence.RandomSequences;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Slices;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Sequences as AArch64 code, emulated; skipped with the reason where that cannot be done. */
class EmulatedSequenceTest {
  private static final int SEQUENCES = 500;
  private static final int RUNS = 10;

  @Nested
  class Computing extends ComputeContract {
    Computing() {
      super(Emulator.here());
    }
  }

  @Nested
  class Memory extends MemoryContract {
    Memory() {
      super(Emulator.here());
    }
  }

  @Test
  void interpreterAndCodeAgreeOnRandomSequences() {
    Emulator emulator = Emulator.here();
    for (int seed = 0; seed < SEQUENCES; seed++) {
      Sequence sequence = RandomSequences.sequence(seed);
      SplittableRandom random = new SplittableRandom(seed);
      for (int run = 0; run < RUNS; run++) {
        Object[] arguments = RandomSequences.arguments(sequence, random);
        Object[] copies = RandomSequences.copies(arguments);
        MemorySegment slice = Slices.numbered();
        MemorySegment expected = Slices.numbered();
        long result = Frame.run(sequence, expected, 0, copies);
        String description =
            "seed %d: %s with %s".formatted(seed, sequence, Arrays.toString(copies));
        assertThat(emulator.run(sequence, slice, arguments)).as(description).isEqualTo(result);
        assertThat(slice.mismatch(expected)).as(description).isEqualTo(-1);
        for (int i = 0; i < copies.length; i++) {
          if (arguments[i] instanceof MemorySegment memory) {
            assertThat(memory.mismatch((MemorySegment) copies[i])).as(description).isEqualTo(-1);
          }
        }
      }
    }
  }
}
