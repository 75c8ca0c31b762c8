package io.github.rseq4j.internal.link;

import static io.github.rseq4j.sequence.Slices.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.ComputeContract;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Destination;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.MemoryContract;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Slices;
import io.github.rseq4j.sequence.Source;
import io.github.rseq4j.sequence.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Programs as bytecode under a lock. */
class LockedLinkerTest {
  private static final Exit DONE = Exit.of("done", 7);
  private static final Address WORD = Address.of("word", 8);

  /** Counts, then copies as many bytes as it is told, then counts again. */
  private static final Program COUNT_COPY_COUNT =
      Program.of("count_copy_count", count(false), count(true));

  private final Bytecode backend = new Bytecode();

  private static Sequence count(boolean copies) {
    return Sequence.define(
        "count",
        s -> {
          Source from = s.source("from");
          Value length = s.parameter("length");
          if (copies) {
            s.copy(Address.of("to", 64), from, length, 32);
          }
          s.commitAdd64(WORD, 1, DONE);
        });
  }

  @Nested
  class Computing extends ComputeContract {
    Computing() {
      super(new Bytecode());
    }
  }

  @Nested
  class Memory extends MemoryContract {
    Memory() {
      super(new Bytecode());
    }
  }

  @AfterEach
  void theLockIsFree() {
    assertThat(backend.lock().isLocked()).isFalse();
  }

  @Test
  void worksOnItsSliceOnly() {
    Program program =
        Program.of(
            Sequence.define(
                "fill",
                s -> {
                  Value index = s.parameter("index");
                  s.store64(Address.of("first", 0).longAt(index), s.sliceOffset("at"));
                  s.commitAdd64(WORD, 1, DONE);
                }));
    MemorySegment memory = Slices.numbered();
    MemorySegment expected = Slices.copy(memory);
    Slices.put(expected, 64 + 56, Long.BYTES, 64);
    Slices.put(expected, 64 + 8, Long.BYTES, Slices.number(memory, 64 + 8, Long.BYTES) + 1);
    assertThat(backend.runPart(program, memory, 64, 64, 0, 7L)).isEqualTo(7);
    assertThat(backend.runPart(program, memory, 64, 64, 0, 8L)).isEqualTo(Exit.OUT_OF_BOUNDS);
    assertThat(backend.runPart(program, memory, 64, 64, 0, -1L)).isEqualTo(Exit.OUT_OF_BOUNDS);
    assertThat(bytes(memory)).isEqualTo(bytes(expected));
  }

  @Test
  void addressesCountFromTheOffset() {
    Program program =
        Program.of(
            Sequence.define(
                "offset", s -> s.commit64(WORD, s.sliceOffset("at"), Exit.of("offset", 7))));
    MemorySegment memory = Slices.zeroed();
    assertThat(backend.runPart(program, memory, 64, 64, 24)).isEqualTo(7);
    MemorySegment expected = Slices.zeroed();
    Slices.put(expected, 64 + 24 + 8, Long.BYTES, 64);
    assertThat(bytes(memory)).isEqualTo(bytes(expected));
  }

  @Test
  void waitsForTheLock() throws Exception {
    Program program = Program.of(Sequence.define("add", s -> s.commitAdd64(WORD, 1, DONE)));
    MemorySegment memory = Arena.global().allocate(64, 8);
    CompletableFuture<Long> run;
    backend.lock().lock();
    try {
      run =
          CompletableFuture.supplyAsync(
              () -> backend.run(program, memory), Thread.ofVirtual()::start);
      while (!backend.lock().hasQueuedThreads()) {
        Thread.onSpinWait();
      }
      assertThat(Slices.number(memory, 8, Long.BYTES)).isZero();
    } finally {
      backend.lock().unlock();
    }
    assertThat(run.get(10, TimeUnit.SECONDS)).isEqualTo(7);
    assertThat(Slices.number(memory, 8, Long.BYTES)).isOne();
  }

  @Test
  void commitsNothingIfASourceIsNoMore() {
    MemorySegment memory = Slices.zeroed();
    MemorySegment closed;
    try (Arena arena = Arena.ofConfined()) {
      closed = arena.allocate(32);
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> backend.run(COUNT_COPY_COUNT, memory, closed, 8L))
        .withMessageContaining("closed");
    assertThat(bytes(memory)).isEqualTo(bytes(Slices.zeroed()));
    goesOn(memory);
  }

  @Test
  void commitsNothingIfASourceIsOfAnotherThread() {
    MemorySegment memory = Slices.zeroed();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment confined = arena.allocate(32);
      CompletableFuture<Long> run =
          CompletableFuture.supplyAsync(
              () -> backend.run(COUNT_COPY_COUNT, memory, confined, 8L),
              Thread.ofPlatform()::start);
      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(run::join)
          .withCauseInstanceOf(WrongThreadException.class);
    }
    assertThat(bytes(memory)).isEqualTo(bytes(Slices.zeroed()));
    goesOn(memory);
  }

  @Test
  @SuppressWarnings("NullAway") // what is not allowed is tested
  void commitsNothingIfThereIsNoSource() {
    MemorySegment memory = Slices.zeroed();
    assertThatNullPointerException()
        .isThrownBy(() -> backend.run(COUNT_COPY_COUNT, memory, null, 8L));
    assertThat(bytes(memory)).isEqualTo(bytes(Slices.zeroed()));
    goesOn(memory);
  }

  @Test
  void commitsNothingIfADestinationIsReadOnly() {
    Program program =
        Program.of(
            Sequence.define(
                "out",
                s -> {
                  Value word = s.parameter("word");
                  Destination to = s.destination("to");
                  s.exitIf(word, Condition.EQUAL, 0, Exit.of("zero", 1));
                  s.storeOut64(to, 0, word);
                  s.commitAdd64(WORD, 1, DONE);
                }));
    MemorySegment memory = Slices.zeroed();
    MemorySegment readOnly = MemorySegment.ofArray(new long[1]).asReadOnly();
    for (long word : new long[] {0, 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> backend.run(program, memory, word, readOnly))
          .withMessageContaining("read-only");
    }
    assertThat(bytes(memory)).isEqualTo(bytes(Slices.zeroed()));
    assertThat(backend.run(program, memory, 1L, MemorySegment.ofArray(new long[1]))).isEqualTo(7);
  }

  /** If memory throws within the program, its lock is free again. */
  @Test
  void givesTheLockBackIfASliceIsNotThere() {
    Program program = Program.of(Sequence.define("add", s -> s.commitAdd64(WORD, 1, DONE)));
    MemorySegment small = MemorySegment.ofArray(new long[1]);
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> backend.run(program, small));
    assertThat(backend.lock().isLocked()).isFalse();
  }

  private void goesOn(MemorySegment memory) {
    MemorySegment source = MemorySegment.ofArray(new byte[32]);
    assertThat(backend.run(COUNT_COPY_COUNT, memory, source, 8L)).isEqualTo(7);
    assertThat(Slices.number(memory, 8, Long.BYTES)).isEqualTo(2);
  }
}
