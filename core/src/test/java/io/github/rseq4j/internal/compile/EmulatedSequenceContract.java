package io.github.rseq4j.internal.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.compile.Emulator.Run;
import io.github.rseq4j.internal.compile.Emulator.Setting;
import io.github.rseq4j.internal.linux.Errno;
import io.github.rseq4j.internal.linux.OwnArea;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.ComputeContract;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Destination;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Frame;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Label;
import io.github.rseq4j.sequence.MemoryContract;
import io.github.rseq4j.sequence.Operation;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.RandomSequences;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Slices;
import io.github.rseq4j.sequence.Source;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import io.github.rseq4j.sequence.Width;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences as machine code, emulated; skipped with the reason where that cannot be done. */
public abstract class EmulatedSequenceContract {
  private static final int SEQUENCES = 500;
  private static final int RUNS = 10;
  private static final int ABORTED = 40;
  private static final int SLICES = 3;
  private static final int LARGE = 1 << 20;
  private static final int ROUNDS = 100;

  private static final Exit DONE = Exit.of("done", 7);
  private static final MemorySegment NONE = MemorySegment.ofArray(new byte[0]);

  private final Processor processor;
  private final Emulator emulator;
  private final int systemCall;
  private final int success;

  /**
   * Makes the contract for a processor.
   *
   * @param systemCall the code of the instruction for a system call
   * @param success the code of one that puts 0 where the result of a system call is
   */
  protected EmulatedSequenceContract(Processor processor, int systemCall, int success) {
    this.processor = processor;
    this.emulator = Emulator.of(processor);
    this.systemCall = systemCall;
    this.success = success;
  }

  /**
   * Returns what the function that flushes the caches leaves where a result would be.
   *
   * @param start its first argument
   */
  protected abstract long flushed(long start);

  @Nested
  public class Computing extends ComputeContract {
    Computing() {
      super(emulator);
    }
  }

  @Nested
  public class Memory extends MemoryContract {
    Memory() {
      super(emulator);
    }
  }

  @Test
  public void interpreterAndCodeAgreeOnRandomSequences() {
    for (int seed = 0; seed < SEQUENCES; seed++) {
      Sequence sequence = RandomSequences.sequence(seed);
      SplittableRandom random = new SplittableRandom(seed);
      for (int run = 0; run < RUNS; run++) {
        agree(sequence, Slices.numbered(), RandomSequences.arguments(sequence, random), seed);
      }
    }
  }

  private void agree(Sequence sequence, MemorySegment slice, Object[] arguments, int number) {
    MemorySegment expected = MemorySegment.ofArray(new long[(int) slice.byteSize() / Long.BYTES]);
    expected.copyFrom(slice);
    Object[] copies = RandomSequences.copies(arguments);
    long result = Frame.run(sequence, expected, 0, copies);
    String description = "%d: %s with %s".formatted(number, sequence, Arrays.toString(copies));
    assertThat(emulator.run(sequence, slice, arguments)).as(description).isEqualTo(result);
    assertThat(slice.mismatch(expected)).as(description).isEqualTo(-1);
    sameMemory(arguments, copies, description);
  }

  private static void sameMemory(Object[] actual, Object[] expected, String description) {
    for (int i = 0; i < actual.length; i++) {
      if (actual[i] instanceof MemorySegment memory) {
        assertThat(memory.mismatch((MemorySegment) expected[i])).as(description).isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  public void worksOnTheSliceOfItsIndexWhereverTheAreaIs(IndexKind index) {
    Sequence sequence =
        Sequence.define("offset", s -> s.commit64(at(8), s.sliceOffset("at"), DONE));
    for (Target target : targets(SLICES)) {
      for (int slice = 0; slice < SLICES; slice++) {
        int other = (slice + 1) % SLICES;
        boolean byCpu = index == IndexKind.CPU_ID;
        Setting setting =
            new Setting(target, byCpu ? slice : other, byCpu ? other : slice, Slices.BYTES, 0);
        MemorySegment slices = slices();
        MemorySegment expected = slices();
        long offset = (long) slice * Slices.BYTES;
        Slices.put(expected, offset + 8, Long.BYTES, offset);
        Run run = emulator.run(Program.of(sequence.indexedBy(index)), setting, slices);
        assertThat(run.result()).isEqualTo(7);
        assertThat(Slices.bytes(slices)).isEqualTo(Slices.bytes(expected));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, SLICES, 4096, Integer.MAX_VALUE})
  public void leavesAThreadAloneWhoseIndexIsOutOfBounds(int indices) {
    Program program = Program.of(Sequence.define("add", s -> s.commitAdd64(at(8), 1, DONE)));
    Target target = new Target(emulator.near(), indices, false);
    for (int id : new int[] {indices, -1, -2, Integer.MIN_VALUE}) {
      Setting cpu = new Setting(target, id, 0, Slices.BYTES, 0);
      Setting mmCid = new Setting(target, 0, id, Slices.BYTES, 0);
      for (IndexKind index : IndexKind.values()) {
        leavesAlone(program.indexedBy(index), cpu);
      }
      leavesAlone(program.indexedBy(IndexKind.MM_CID), mmCid);
    }
  }

  private void leavesAlone(Program program, Setting setting) {
    MemorySegment slices = slices();
    assertThat(emulator.run(program, setting, slices).result()).isEqualTo(Exit.UNREGISTERED);
    assertThat(Slices.bytes(slices)).isEqualTo(Slices.bytes(slices()));
  }

  /** Displacements that no instruction holds, and copies of every length. */
  @Test
  public void reachesEveryPartOfALargeSlice() {
    SplittableRandom random = new SplittableRandom(11);
    byte[] content = new byte[Step.MAX_COPY];
    random.nextBytes(content);
    for (int round = 0; round < ROUNDS; round++) {
      int length = random.nextInt(Step.MAX_COPY + 1);
      int copy = random.nextInt(LARGE - Step.MAX_COPY + 1);
      int displacement = random.nextInt(LARGE / Long.BYTES) * Long.BYTES;
      int index = random.nextInt((LARGE - displacement) / Long.BYTES);
      Sequence sequence =
          Sequence.define(
              "large",
              s -> {
                Value from = s.parameter("index");
                Source source = s.source("source");
                Destination to = s.destination("to");
                s.copy(at(copy), source, source.size(), Step.MAX_COPY);
                Value loaded = s.load64("loaded", at(displacement).longAt(from));
                s.store(Width.BITS_32, at(displacement), loaded);
                s.copyOut(to, at(copy), source.size(), Step.MAX_COPY);
                s.commitAdd64(at(displacement), loaded, Exit.of("loaded", loaded));
              });
      Object[] arguments = {
        (long) index,
        MemorySegment.ofArray(content).asSlice(0, length),
        MemorySegment.ofArray(new byte[length + 1])
      };
      agree(sequence, MemorySegment.ofArray(new long[LARGE / Long.BYTES]), arguments, round);
    }
  }

  @Test
  public void sequencesOfAProgramFollowOneAnother() {
    Sequence first =
        Sequence.define(
            "first",
            s -> {
              Value number = s.parameter("number");
              s.exitIf(number, Condition.EQUAL, 0, Exit.of("zero", 1));
              Label second = s.label("second");
              s.skipIf(number, Condition.EQUAL, 1, second);
              s.commitAdd64(at(0), number, DONE);
              s.land(second);
              s.commitRelease64(at(8), number, DONE);
            });
    Sequence second =
        Sequence.define(
            "second",
            s -> {
              Value number = s.parameter("number");
              Value doubled = s.compute("doubled", Operation.ADD, number, number);
              s.commitAdd64(at(16), doubled, Exit.of("doubled", doubled));
            });
    Program program = Program.of("program", first, second, second);
    for (IndexKind index : IndexKind.values()) {
      for (long number : new long[] {0, 1, 2, Long.MAX_VALUE}) {
        Setting setting = new Setting(new Target(emulator.near(), 1, false), 0, 0, Slices.BYTES, 0);
        MemorySegment slice = Slices.numbered();
        MemorySegment expected = Slices.numbered();
        long result = Frame.run(program, expected, 0, number);
        Run run = emulator.run(program.indexedBy(index), setting, slice, number);
        assertThat(run.result()).isEqualTo(result);
        assertThat(Slices.bytes(slice)).isEqualTo(Slices.bytes(expected));
      }
    }
  }

  /** Exits so many that some are farther away than the branches of some processors go. */
  @Test
  public void leavesThroughExitsFarAway() {
    int exits = 1000;
    Sequence sequence =
        Sequence.define(
            "far",
            s -> {
              Value value = s.parameter("value");
              for (int i = 1; i <= exits; i++) {
                s.exitIf(value, Condition.EQUAL, i, Exit.of("equal" + i, i));
                s.exitIf(value, Condition.ABOVE, -i, Exit.of("above" + i, exits + i));
              }
              s.commit64(at(8), value, DONE);
            });
    for (long value : new long[] {0, 1, 500, 999, 1000, 1001, -1, -500, -999, -1000}) {
      agree(sequence, Slices.numbered(), new Object[] {value}, (int) value);
    }
  }

  /** What is left of an attempt that was aborted, at any point, is the count of it. */
  @Test
  public void startsAgainWhereverItIsAborted() {
    Target target = new Target(emulator.far(), SLICES, true);
    int aborted = 0;
    for (int seed = 0; seed < ABORTED; seed++) {
      Sequence sequence = RandomSequences.sequence(seed).indexedBy(IndexKind.MM_CID);
      Program program = Program.of(sequence);
      SplittableRandom random = new SplittableRandom(seed);
      for (int point = 0; point <= SequenceCompiler.injectionPoints(program); point++) {
        Object[] arguments = RandomSequences.arguments(sequence, random);
        Object[] copies = RandomSequences.copies(arguments);
        MemorySegment slices = slices();
        MemorySegment expected = slices();
        MemorySegment slice = expected.asSlice(Slices.BYTES, Slices.BYTES);
        long result = Frame.run(sequence, slice, Slices.BYTES, copies);
        String description =
            "seed %d, point %d: %s with %s"
                .formatted(seed, point, sequence, Arrays.toString(copies));
        Setting setting = new Setting(target, 1, 1, Slices.BYTES, point);
        Run run = emulator.run(program, setting, slices, arguments);
        assertThat(run.result()).as(description).isEqualTo(result);
        assertThat(run.arrivedAt()).as(description).isIn(0L, (long) point);
        assertThat(run.restarts()).as(description).isEqualTo(run.arrivedAt() == 0 ? 0 : 1);
        assertThat(slices.mismatch(expected)).as(description).isEqualTo(-1);
        sameMemory(arguments, copies, description);
        aborted += (int) run.restarts();
      }
    }
    // Few points lie on paths that are not taken.
    assertThat(aborted).isGreaterThan(5 * ABORTED);
  }

  @Test
  public void readsFieldsWhereverTheAreaIs() {
    for (Target target : targets(1)) {
      Setting setting = new Setting(target, 12345, -2, 0, 0);
      AssembledCode cpuId = processor.fieldReader(target, RseqAbi.CPU_ID);
      AssembledCode mmCid = processor.fieldReader(target, RseqAbi.MM_CID);
      assertThat((int) emulator.run(cpuId, setting, NONE).result()).isEqualTo(12345);
      assertThat((int) emulator.run(mmCid, setting, NONE).result()).isEqualTo(-2);
    }
  }

  @ParameterizedTest
  @EnumSource
  public void whereTheGuardIsZeroThreadsAreNotRegistered(IndexKind index) {
    Sequence sequence = Sequence.define("store", s -> s.commit64(at(0), 1, DONE));
    for (Target target : targets(SLICES)) {
      if (target.guarded()) {
        Setting setting = new Setting(target, 0, 0, Slices.BYTES, 0, 0);
        Program program = Program.of(sequence.indexedBy(index));
        assertThat(emulator.run(program, setting, slices()).result()).isEqualTo(Exit.UNREGISTERED);
        AssembledCode cpuId = processor.fieldReader(target, RseqAbi.CPU_ID);
        assertThat((int) emulator.run(cpuId, setting, NONE).result()).isEqualTo(-1);
      }
    }
  }

  @Test
  public void registrationSetsTheGuardIfItSucceeds() {
    for (Target target : targets(SLICES)) {
      Setting setting = new Setting(target, 0, 0, 0, 0, 0);
      assertThat(emulator.run(processor.registration(target), setting, NONE).result())
          .as("the emulator's answer")
          .isEqualTo(-Errno.ENOSYS);
      if (target.guarded()) {
        assertThat((int) emulator.run(registeredAndRead(target), setting, NONE).result())
            .isEqualTo(SLICES);
      }
    }
  }

  /** Returns code that registers a thread, as if that succeeded, and then reads the guard. */
  private AssembledCode registeredAndRead(Target target) {
    Assembler asm = new Assembler((byte) 0);
    int[] registration = words(processor.registration(target));
    // The last word is the return.
    for (int word : Arrays.copyOf(registration, registration.length - 1)) {
      asm.int32(word == systemCall ? success : word);
    }
    for (int word : words(processor.fieldReader(target, OwnArea.GUARD))) {
      asm.int32(word);
    }
    return asm.finish();
  }

  private static int[] words(AssembledCode code) {
    return MemorySegment.ofArray(code.bytes()).toArray(ValueLayout.JAVA_INT_UNALIGNED);
  }

  /** Returns what code is made for: areas near and far from the thread pointer. */
  private List<Target> targets(int indices) {
    return IntStream.of(emulator.near(), emulator.far())
        .boxed()
        .flatMap(
            area ->
                Stream.of(false, true).map(guarded -> new Target(area, guarded, indices, false)))
        .toList();
  }

  @Test
  public void flushesItsOwnCode() {
    AssembledCode flush = processor.cacheFlush().orElseThrow();
    Target target = new Target(emulator.near(), 1, false);
    long start = Emulator.PLACEMENT.code();
    for (long bytes : new long[] {4, 64, 4096, 3 * 4096}) {
      Setting setting = new Setting(target, 0, 0, start + bytes, 0);
      assertThat(emulator.run(flush, setting, NONE).result()).isEqualTo(flushed(start));
    }
  }

  private static MemorySegment slices() {
    MemorySegment slices = MemorySegment.ofArray(new long[SLICES * Slices.BYTES / Long.BYTES]);
    for (int i = 0; i < SLICES; i++) {
      slices.asSlice((long) i * Slices.BYTES, Slices.BYTES).copyFrom(Slices.numbered());
    }
    return slices;
  }

  private static Address at(int displacement) {
    return Address.of("at" + displacement, displacement);
  }
}
