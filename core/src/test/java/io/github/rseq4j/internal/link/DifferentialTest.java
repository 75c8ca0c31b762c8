package io.github.rseq4j.internal.link;

import static io.github.rseq4j.sequence.Slices.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Frame;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.RandomSequences;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Slices;
import io.github.rseq4j.sequence.Step;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random sequences: the interpreter and the machine code give the same memory and result. */
class DifferentialTest {
  /** Each takes a page of code that is never given back. */
  private static final int SEQUENCES = 250;

  private static final int RUNS = 40;

  /** The seeds of one index kind are not those of the other. */
  private static final long SEEDS_PER_KIND = 1_000_000;

  private int leftOutOfBounds;
  private int leftSlicesAsTheyWere;

  @ParameterizedTest
  @EnumSource
  void interpreterAndMachineCodeAgree(IndexKind index) {
    Machine machine = Machine.here(index, Slices.BYTES);
    for (int i = 0; i < SEQUENCES; i++) {
      long seed = (index == IndexKind.CPU_ID ? 0 : SEEDS_PER_KIND) + i;
      Sequence sequence = RandomSequences.sequence(seed);
      SplittableRandom random = new SplittableRandom(seed);
      for (int run = 0; run < RUNS; run++) {
        compare(machine, sequence, random, "seed %d, run %d".formatted(seed, run));
      }
    }
    // The sequences would prove little if most of their runs ended early.
    assertThat(leftOutOfBounds).isBetween(SEQUENCES * RUNS / 20, SEQUENCES * RUNS / 2);
    assertThat(leftSlicesAsTheyWere).isLessThan(SEQUENCES * RUNS / 2);
  }

  private void compare(
      Machine machine, Sequence sequence, SplittableRandom random, String description) {
    Object[] arguments = RandomSequences.arguments(sequence, random);
    byte[] content = new byte[Slices.BYTES];
    random.nextBytes(content);
    if (random.nextBoolean()) {
      // Small numbers in memory, so that what is loaded is a good index too.
      for (int i = 0; i < content.length; i++) {
        content[i] = i % Long.BYTES == 0 ? content[i] : 0;
      }
    }
    MemorySegment before = Slices.zeroed().copyFrom(MemorySegment.ofArray(content));
    Object[] copies = RandomSequences.copies(arguments);
    Machine.Run run = machine.runFrom(before, sequence, arguments);
    int slice =
        run.slice() >= 0 ? run.slice() : unchangedSlice(machine, sequence, before, run, copies);
    MemorySegment expected = Slices.copy(before);
    long result = Frame.run(sequence, expected, machine.offset(slice), copies);
    assertThat(run.result()).as(() -> describe(description, sequence, arguments)).isEqualTo(result);
    assertThat(bytes(machine.slice(slice)))
        .as(() -> describe(description, sequence, arguments))
        .isEqualTo(bytes(expected));
    for (int i = 0; i < copies.length; i++) {
      if (arguments[i] instanceof MemorySegment memory) {
        assertThat(bytes(memory))
            .as(() -> describe(description, sequence, arguments))
            .isEqualTo(bytes((MemorySegment) copies[i]));
      }
    }
    leftOutOfBounds += result == Exit.OUT_OF_BOUNDS ? 1 : 0;
    leftSlicesAsTheyWere += run.slice() < 0 ? 1 : 0;
  }

  /** Returns a slice that an unchanged run may have had, as its result may depend on which. */
  private static int unchangedSlice(
      Machine machine,
      Sequence sequence,
      MemorySegment before,
      Machine.Run run,
      Object[] arguments) {
    if (sequence.steps().stream().noneMatch(Step.SliceOffset.class::isInstance)) {
      return 0;
    }
    for (int slice = 0; slice < machine.count(); slice++) {
      MemorySegment after = Slices.copy(before);
      if (Frame.run(sequence, after, machine.offset(slice), arguments) == run.result()
          && after.mismatch(before) < 0) {
        return slice;
      }
    }
    return 0;
  }

  private static String describe(String description, Sequence sequence, Object[] arguments) {
    return "%s: %s with %s".formatted(description, sequence, Arrays.toString(arguments));
  }
}
