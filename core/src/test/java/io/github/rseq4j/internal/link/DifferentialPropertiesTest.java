package io.github.rseq4j.internal.link;

import static io.github.rseq4j.sequence.Slices.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Frame;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.RandomSequences;
import io.github.rseq4j.sequence.Slices;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import net.jqwik.api.statistics.StatisticsReport.StatisticsReportMode;

/**
 * Random programs: the interpreter, the bytecode and the machine code give the same slices, the
 * same memory of the caller, and the same result.
 */
class DifferentialPropertiesTest {
  /** Each takes a page of code that is never given back. */
  private static final int PROGRAMS = 250;

  private static final int RUNS = 40;

  /** Where in its memory the slice of a program of bytecode is. */
  private static final long START = 2 * Slices.BYTES;

  @Provide
  Arbitrary<Program> sequences() {
    return Arbitraries.randomValue(
        random -> Program.of(RandomSequences.sequence(random.nextLong())));
  }

  @Provide
  Arbitrary<Program> programs() {
    return Arbitraries.randomValue(random -> RandomSequences.program(random.nextLong()));
  }

  @Provide
  Arbitrary<Long> seeds() {
    return Arbitraries.randomValue(random -> random.nextLong());
  }

  @Property(tries = PROGRAMS)
  @StatisticsReport(StatisticsReportMode.OFF)
  void bytecodeRunsSequencesAsTheInterpreter(
      @ForAll("sequences") Program program, @ForAll("seeds") long seed) {
    runOften(program, seed, onBytecode());
  }

  @Property(tries = PROGRAMS)
  @StatisticsReport(StatisticsReportMode.OFF)
  void bytecodeRunsProgramsAsTheInterpreter(
      @ForAll("programs") Program program, @ForAll("seeds") long seed) {
    runOften(program, seed, onBytecode());
  }

  @Property(tries = PROGRAMS)
  @AddLifecycleHook(NeedsCpuId.class)
  @StatisticsReport(StatisticsReportMode.OFF)
  void machineCodeRunsSequencesByCpuIdAsTheInterpreter(
      @ForAll("sequences") Program program, @ForAll("seeds") long seed) {
    runOften(program, seed, onMachine(IndexKind.CPU_ID));
  }

  @Property(tries = PROGRAMS)
  @AddLifecycleHook(NeedsMmCid.class)
  @StatisticsReport(StatisticsReportMode.OFF)
  void machineCodeRunsSequencesByMmCidAsTheInterpreter(
      @ForAll("sequences") Program program, @ForAll("seeds") long seed) {
    runOften(program, seed, onMachine(IndexKind.MM_CID));
  }

  @Property(tries = PROGRAMS)
  @AddLifecycleHook(NeedsCpuId.class)
  @StatisticsReport(StatisticsReportMode.OFF)
  void machineCodeRunsProgramsAsTheInterpreter(
      @ForAll("programs") Program program, @ForAll("seeds") long seed) {
    runOften(program, seed, onMachine(IndexKind.CPU_ID));
  }

  /** What a run on a backend has left. */
  private record Left(long result, long sliceOffset, MemorySegment slice) {}

  @FunctionalInterface
  private interface Subject {
    Left run(Program program, MemorySegment content, Object... arguments);
  }

  private static Subject onBytecode() {
    Bytecode bytecode = new Bytecode();
    MemorySegment memory = MemorySegment.ofArray(new long[4 * Slices.BYTES / Long.BYTES]);
    return (program, content, arguments) -> {
      MemorySegment slice = memory.fill((byte) 0).asSlice(START, Slices.BYTES).copyFrom(content);
      long result = bytecode.runPart(program, memory, START, Slices.BYTES, 0, arguments);
      MemorySegment left = Slices.copy(slice);
      slice.fill((byte) 0);
      assertThat(bytes(memory)).as("memory around the slice").containsOnly(0);
      return new Left(result, START, left);
    };
  }

  private static Subject onMachine(IndexKind index) {
    Machine machine = Machine.here(index, Slices.BYTES);
    return (program, content, arguments) -> {
      Machine.Run run = machine.runFrom(content, program, arguments);
      return new Left(run.result(), machine.offset(run.slice()), machine.slice(run.slice()));
    };
  }

  private static void runOften(Program program, long seed, Subject subject) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < RUNS; i++) {
      runOnce(program, random, subject);
    }
    // The programs would prove little if most of their runs ended early.
    Statistics.label("result")
        .coverage(runs -> runs.check(true).percentage(percent -> percent > 5 && percent < 50));
    Statistics.label("slice")
        .coverage(runs -> runs.check(true).percentage(percent -> percent > 50));
  }

  private static void runOnce(Program program, SplittableRandom random, Subject subject) {
    Object[] arguments = RandomSequences.arguments(program, random);
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
    Left left = subject.run(program, Slices.copy(before), arguments);
    MemorySegment expected = Slices.copy(before);
    long result = Frame.run(program, expected, left.sliceOffset, copies);
    Supplier<String> described = () -> "%s with %s".formatted(program, Arrays.toString(arguments));
    assertThat(left.result).as(described).isEqualTo(result);
    assertThat(bytes(left.slice)).as(described).isEqualTo(bytes(expected));
    for (int i = 0; i < copies.length; i++) {
      if (arguments[i] instanceof MemorySegment memory) {
        assertThat(bytes(memory)).as(described).isEqualTo(bytes((MemorySegment) copies[i]));
      }
    }
    Statistics.label("result").collect(result == Exit.OUT_OF_BOUNDS);
    Statistics.label("slice").collect(expected.mismatch(before) >= 0);
  }

  /** Skips what needs machine code with an index by the CPU's number. */
  static final class NeedsCpuId implements SkipExecutionHook {
    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
      return unless(IndexKind.CPU_ID);
    }
  }

  /** Skips what needs machine code with an index by the concurrency id. */
  static final class NeedsMmCid implements SkipExecutionHook {
    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
      return unless(IndexKind.MM_CID);
    }
  }

  private static SkipExecutionHook.SkipResult unless(IndexKind index) {
    Availability availability = Rseq.availability();
    return availability.indexKinds().contains(index)
        ? SkipExecutionHook.SkipResult.doNotSkip()
        : SkipExecutionHook.SkipResult.skip(
            "no machine code by %s here: %s %s"
                .formatted(index, availability.reason(), availability.missing()));
  }
}
