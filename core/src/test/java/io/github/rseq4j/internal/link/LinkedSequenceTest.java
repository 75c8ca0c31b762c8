package io.github.rseq4j.internal.link;

import static io.github.rseq4j.sequence.Slices.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.ComputeContract;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.MemoryContract;
import io.github.rseq4j.sequence.Operand.Constant;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Slices;
import io.github.rseq4j.sequence.Source;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sequences as machine code; skipped with the reason where that cannot run. */
class LinkedSequenceTest {
  private static final Exit DONE = Exit.of("done", 7);
  private static final int LARGE_SLICE = 8192;
  private static final int LAST_WORD = LARGE_SLICE - Long.BYTES;

  /** Copies to any byte of a large slice, and counts in its last word. */
  private static final Sequence COPY =
      Sequence.define(
          "copy",
          s -> {
            Value at = s.parameter("at");
            Value length = s.parameter("length");
            Source source = s.source("source");
            s.copy(Address.of("start", 0).byteAt(at), source, length, Step.MAX_COPY);
            s.commitAdd64(Address.of("last", LAST_WORD), 1, DONE);
          });

  @Nested
  class Computing extends ComputeContract {
    Computing() {
      super(Machine.here(IndexKind.CPU_ID, Slices.BYTES));
    }
  }

  @Nested
  class Memory extends MemoryContract {
    Memory() {
      super(Machine.here(IndexKind.CPU_ID, Slices.BYTES));
    }
  }

  @ParameterizedTest
  @EnumSource
  void worksOnTheSliceOfItsIndex(IndexKind index) {
    Sequence sequence =
        Sequence.define(
            "offset",
            s -> s.commit64(Address.of("word", 8), s.sliceOffset("at"), Exit.of("offset", 7)));
    Machine machine = Machine.here(index, Slices.BYTES);
    Machine.Run run = machine.runFrom(Slices.numbered(), sequence);
    assertThat(run.result()).isEqualTo(7);
    assertThat(run.slice()).isBetween(0, machine.count() - 1);
    assertThat(run.changed()).isTrue();
    assertThat(Slices.number(machine.slice(run.slice()), 8, Long.BYTES))
        .isEqualTo(machine.offset(run.slice()));
  }

  @ParameterizedTest
  @EnumSource
  void leavesAThreadAloneWhoseIndexIsOutOfBounds(IndexKind index) {
    Machine machine = Machine.withoutIndices(index, Slices.BYTES);
    Sequence sequence = Sequence.define("add", s -> s.commitAdd64(Address.of("word", 8), 1, DONE));
    Machine.Run run = machine.runFrom(Slices.numbered(), sequence);
    assertThat(run.result()).isEqualTo(Exit.UNREGISTERED);
    assertThat(run.changed()).isFalse();
  }

  @Test
  void copiesFromEveryKindOfSegment() {
    Machine machine = Machine.here(IndexKind.CPU_ID, LARGE_SLICE);
    sources()
        .forEach(
            (kind, source) -> {
              for (int length = 0; length <= 200; length++) {
                int from = length % 7;
                copies(machine, kind, source.asSlice(from, length), 3 + length % 16);
              }
            });
  }

  @Test
  void copiesAnyLengthFromAnywhereToAnywhere() {
    Machine machine = Machine.here(IndexKind.CPU_ID, LARGE_SLICE);
    SplittableRandom random = new SplittableRandom(31);
    byte[] content = new byte[2 * Step.MAX_COPY];
    random.nextBytes(content);
    for (int i = 0; i < 1000; i++) {
      int length = random.nextInt(Step.MAX_COPY + 1);
      int from = random.nextInt(content.length - length + 1);
      MemorySegment source = MemorySegment.ofArray(content).asSlice(from, length);
      copies(machine, "round " + i, source, random.nextInt(LAST_WORD - length + 1));
    }
    copies(machine, "all", MemorySegment.ofArray(content).asSlice(1, Step.MAX_COPY), 0);
  }

  private static void copies(Machine machine, String kind, MemorySegment source, int to) {
    MemorySegment content = MemorySegment.ofArray(new long[LARGE_SLICE / Long.BYTES]);
    for (int i = 0; i < LARGE_SLICE; i += Slices.BYTES) {
      content.asSlice(i, Slices.BYTES).copyFrom(Slices.numbered());
    }
    MemorySegment expected = MemorySegment.ofArray(new long[LARGE_SLICE / Long.BYTES]);
    expected.copyFrom(content).asSlice(to).copyFrom(source);
    Slices.put(expected, LAST_WORD, Long.BYTES, Slices.number(expected, LAST_WORD, Long.BYTES) + 1);
    assertThat(machine.run(COPY, content, (long) to, source.byteSize(), source))
        .as("%d bytes of %s to %d", source.byteSize(), kind, to)
        .isEqualTo(7);
    assertThat(bytes(content))
        .as("%d bytes of %s to %d", source.byteSize(), kind, to)
        .isEqualTo(bytes(expected));
  }

  private static Map<String, MemorySegment> sources() {
    Map<String, MemorySegment> sources = new LinkedHashMap<>();
    sources.put("byte[]", MemorySegment.ofArray(new byte[256]));
    sources.put("short[]", MemorySegment.ofArray(new short[128]));
    sources.put("char[]", MemorySegment.ofArray(new char[128]));
    sources.put("int[]", MemorySegment.ofArray(new int[64]));
    sources.put("float[]", MemorySegment.ofArray(new float[64]));
    sources.put("long[]", MemorySegment.ofArray(new long[32]));
    sources.put("double[]", MemorySegment.ofArray(new double[32]));
    sources.put("an automatic arena", Arena.ofAuto().allocate(256));
    sources.put("the global arena", Arena.global().allocate(256));
    sources.values().forEach(source -> source.copyFrom(Slices.numbered()));
    sources.put("a read-only byte[]", MemorySegment.ofArray(bytes(Slices.numbered())).asReadOnly());
    sources.put(
        "a read-only arena", Arena.ofAuto().allocate(256).copyFrom(Slices.numbered()).asReadOnly());
    return sources;
  }

  @Test
  void doesNotReadTheSourceIfNothingIsCopied() {
    Machine machine = Machine.here(IndexKind.CPU_ID, LARGE_SLICE);
    copies(machine, "nothing", MemorySegment.NULL, 5);
    copies(machine, "nothing", MemorySegment.ofArray(new byte[0]), 5);
  }

  @Test
  void refusesASourceThatIsNoMore() {
    Machine machine = Machine.here(IndexKind.CPU_ID, LARGE_SLICE);
    MemorySegment content = MemorySegment.ofArray(new long[LARGE_SLICE / Long.BYTES]);
    MemorySegment closed;
    try (Arena arena = Arena.ofConfined()) {
      closed = arena.allocate(8);
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> machine.run(COPY, content, 0L, 8L, closed))
        .withMessageContaining("closed");
    assertThat(Slices.number(content, LAST_WORD, Long.BYTES)).isZero();
  }

  @Test
  void refusesASourceOfAnotherThread() {
    Machine machine = Machine.here(IndexKind.CPU_ID, LARGE_SLICE);
    MemorySegment content = MemorySegment.ofArray(new long[LARGE_SLICE / Long.BYTES]);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment confined = arena.allocate(8);
      CompletableFuture<Long> run =
          CompletableFuture.supplyAsync(
              () -> machine.run(COPY, content, 0L, 8L, confined), Thread.ofPlatform()::start);
      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(run::join)
          .withCauseInstanceOf(WrongThreadException.class);
    }
    assertThat(Slices.number(content, LAST_WORD, Long.BYTES)).isZero();
  }

  @Test
  void keepsParametersOfBothKindsApart() {
    Sequence sequence =
        Sequence.define(
            "mixed",
            s -> {
              Source first = s.source("first");
              Value second = s.parameter("second");
              Source third = s.source("third");
              Value fourth = s.parameter("fourth");
              s.copy(Address.of("a", 16), first, fourth, 8);
              s.copy(Address.of("b", 32), third, fourth, 8);
              s.store64(Address.of("c", 48), second);
              s.store64(Address.of("d", 56), new Constant(-1));
              s.commit64(Address.of("e", 64), fourth, DONE);
            });
    MemorySegment slice = Slices.numbered();
    MemorySegment expected = Slices.copy(slice);
    MemorySegment.copy(MemorySegment.ofArray(new byte[] {1, 2, 3}), 0, expected, 16, 3);
    MemorySegment.copy(MemorySegment.ofArray(new byte[] {4, 5, 6}), 0, expected, 32, 3);
    Slices.put(expected, 48, Long.BYTES, 77);
    Slices.put(expected, 56, Long.BYTES, -1);
    Slices.put(expected, 64, Long.BYTES, 3);
    long result =
        Machine.here(IndexKind.CPU_ID, Slices.BYTES)
            .run(
                sequence,
                slice,
                MemorySegment.ofArray(new byte[] {1, 2, 3}),
                77L,
                Arena.ofAuto().allocate(3).copyFrom(MemorySegment.ofArray(new byte[] {4, 5, 6})),
                3L);
    assertThat(result).isEqualTo(7);
    assertThat(bytes(slice)).isEqualTo(bytes(expected));
  }
}
