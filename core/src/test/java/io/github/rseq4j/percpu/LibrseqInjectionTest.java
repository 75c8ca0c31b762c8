package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.rseq.Disturbance;
import io.github.rseq4j.internal.rseq.HeldSequence;
import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.LibrseqModel;
import io.github.rseq4j.sequence.LibrseqSequences;
import io.github.rseq4j.sequence.Sequence;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds a thread at every point of each of librseq's operations in turn, disturbs it there, and
 * sees that the kernel aborts it and that it is done exactly once, on one slice.
 */
class LibrseqInjectionTest {
  /** The word that most operations end with a store to, and what is in it. */
  private static final long TARGET = 1;

  private static final long BEFORE = 20;

  /** What every slice begins with: a word for the operations to find and to compare. */
  private static final long[] WORDS = {0, BEFORE, 30, 40};

  /** The word in which the first store is, and the copied bytes; no pointer leads there. */
  private static final long PREPARED = 100;

  private int home;

  @BeforeEach
  void requireRseq() {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    home = CpuSet.allowed().ids().nextSetBit(0);
  }

  /** Each operation, with arguments for each outcome. */
  static Stream<Arguments> operations() {
    return LibrseqSequences.all().stream()
        .map(operation -> arguments(operation, outcomes(operation).toList()));
  }

  private static Stream<Object[]> outcomes(Sequence operation) {
    return switch (operation.name().replace("_release", "")) {
      case "load_cbne_store" -> Stream.of(with(TARGET, BEFORE, 7L), with(TARGET, 21L, 7L));
      case "load_add_store" -> Stream.<Object[]>of(with(TARGET, 7L));
      case "load_cbeq_store_add_load_store" ->
          Stream.of(with(TARGET, 0L, 3L, memory()), with(TARGET, BEFORE, 3L, memory()));
      // word 0 is the table's number, its entry 1 that of the word to add to
      case "load_add_load_load_add_store" -> Stream.<Object[]>of(with(0L, 1L, 7L));
      case "load_cbne_load_cbne_store" ->
          Stream.of(
              with(TARGET, BEFORE, 2L, 30L, 7L),
              with(TARGET, BEFORE, 2L, 31L, 7L),
              with(TARGET, 21L, 2L, 30L, 7L));
      case "load_cbne_store_store" ->
          Stream.of(with(TARGET, BEFORE, PREPARED, 5L, 7L), with(TARGET, 21L, PREPARED, 5L, 7L));
      case "load_cbne_memcpy_store" ->
          Stream.of(
              with(TARGET, BEFORE, PREPARED * Long.BYTES, memory(), 7L),
              with(TARGET, 21L, PREPARED * Long.BYTES, memory(), 7L));
      case "load_cbne_memcpy_out_store" ->
          Stream.of(
              with(TARGET, BEFORE, memory(), 2L * Long.BYTES, 7L),
              with(TARGET, 21L, memory(), 2L * Long.BYTES, 7L));
      default -> throw new IllegalStateException(operation.name());
    };
  }

  private static Object[] with(Object... arguments) {
    return arguments;
  }

  private static MemorySegment memory() {
    return MemorySegment.ofArray(new long[] {-2, -3});
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void migrationRestartsItAndItIsDoneOnce(Sequence operation, List<Object[]> outcomes)
      throws Exception {
    int away = CpuSet.allowed().ids().nextSetBit(home + 1);
    assumeTrue(away >= 0, "one CPU only: nowhere to migrate to");
    disturb(operation, outcomes, Disturbance.MIGRATION, away);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void preemptionRestartsItAndItIsDoneOnce(Sequence operation, List<Object[]> outcomes)
      throws Exception {
    disturb(operation, outcomes, Disturbance.PREEMPTION, home);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void aSignalRestartsItAndItIsDoneOnce(Sequence operation, List<Object[]> outcomes)
      throws Exception {
    disturb(operation, outcomes, Disturbance.SIGNAL, home);
  }

  private void disturb(
      Sequence operation, List<Object[]> outcomes, Disturbance disturbance, int last)
      throws Exception {
    for (IndexKind index : Rseq.availability().indexKinds()) {
      HeldSequence held = new HeldSequence(operation, index);
      held.atEveryPoint(
          point -> {
            boolean disturbed = false;
            for (Object[] outcome : outcomes) {
              Region region = region(operation);
              Object[] arguments =
                  Stream.concat(Stream.of(region, 0L), Stream.of(outcome)).toArray();
              HeldSequence.Outcome end = held.call(point, home, disturbance, arguments);
              List<Integer> changed = assertLikeModel(operation, region, outcome, end.result());
              if (end.disturbed()
                  && index == IndexKind.CPU_ID
                  && end.result() == LibrseqSequences.SUCCESS) {
                assertThat(changed).containsExactly(last);
              }
              disturbed |= end.disturbed();
            }
            return disturbed;
          });
    }
  }

  private static Region region(Sequence operation) {
    Region region = Region.allocate(LibrseqSequences.MAX_COPY, operation);
    for (int slice = 0; slice < region.slices(); slice++) {
      for (int word = 0; word < WORDS.length; word++) {
        region.setRelease(slice, (long) word * Long.BYTES, WORDS[word]);
      }
    }
    return region;
  }

  /** Returns the slices on which the operation was done, after seeing that they are right. */
  private static List<Integer> assertLikeModel(
      Sequence operation, Region region, Object[] arguments, long result) {
    MemorySegment expected = LibrseqModel.slice(WORDS);
    Object[] copies = arguments.clone();
    for (int i = 0; i < copies.length; i++) {
      if (copies[i] instanceof MemorySegment memory) {
        copies[i] = MemorySegment.ofArray(memory.toArray(ValueLayout.JAVA_LONG));
      }
    }
    assertThat(result).isEqualTo(new LibrseqModel(expected).run(operation.name(), copies));
    for (int i = 0; i < copies.length; i++) {
      if (result == LibrseqSequences.SUCCESS && copies[i] instanceof MemorySegment copy) {
        assertThat(((MemorySegment) arguments[i]).mismatch(copy)).isEqualTo(-1);
      }
    }
    List<Integer> done = new ArrayList<>();
    long committed = result == LibrseqSequences.SUCCESS ? 1 : 0;
    for (int slice = 0; slice < region.slices(); slice++) {
      MemorySegment found = region.memory().asSlice(slice * region.stride(), region.stride());
      if (found.mismatch(expected) < 0 && committed > 0) {
        done.add(slice);
      } else {
        MemorySegment before = LibrseqModel.slice(WORDS);
        assertThat(found.asSlice(0, PREPARED * Long.BYTES).mismatch(before))
            .isEqualTo(PREPARED * Long.BYTES);
      }
    }
    assertThat(done).hasSize((int) committed);
    return done;
  }
}
