package io.github.rseq4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Availability.Area;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.compile.SequenceState;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.CodeSpace;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.sequence.Backend;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.ProgramBackend;
import io.github.rseq4j.sequence.Sequence;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Programs as machine code, run on slices of native memory between guards.
 *
 * <p>After each run it is checked that no other slice has changed than this thread's, and no guard.
 */
final class Machine implements Backend, ProgramBackend {
  private static final int GUARD_BYTES = 4096;
  private static final byte GUARD = (byte) 0xa5;

  private static final Processor PROCESSOR = Arch.current().flatMap(Processors::of).orElseThrow();

  /** How programs are made methods, if the whole JVM's are. */
  private static final Optional<JavaMethods> METHODS =
      Optional.of(Rseq.availability())
          .filter(availability -> availability.calls().equals("jvmci"))
          .map(_ -> JavaMethods.find(PROCESSOR));

  /** What code is put in, made at its first use. */
  private static final class Space {
    /** One for all tests, as its memory is never given back. */
    static final CodeSpace SPACE = space();

    private static CodeSpace space() {
      CodeSpace space = new CodeSpace();
      try {
        CacheFlush.install(PROCESSOR, space);
      } catch (CodeSpaceException e) {
        throw new IllegalStateException(e);
      }
      return space;
    }
  }

  /**
   * What a run has left.
   *
   * @param result the result
   * @param slice the number of the slice that belongs to this thread
   * @param changed whether it is not as before; all others are
   */
  record Run(long result, int slice, boolean changed) {}

  private record Installed(MethodHandle handle, SequenceState state) {}

  private final Target target;
  private final IndexKind index;
  private final long stride;
  private final MemorySegment before;
  private final MemorySegment slices;
  private final MemorySegment after;
  private final Map<Program, Installed> installed = new HashMap<>();
  private final Map<Sequence, Program> programs = new HashMap<>();

  private Machine(Target target, IndexKind index, long stride) {
    this.target = target;
    this.index = index;
    this.stride = stride;
    // The code is compiled for so many indices, even if the target says that none is valid.
    long bytes = CpuSet.possible().bound() * stride;
    MemorySegment memory = Arena.ofAuto().allocate(bytes + 2L * GUARD_BYTES, GUARD_BYTES);
    this.before = memory.asSlice(0, GUARD_BYTES).fill(GUARD);
    this.slices = memory.asSlice(GUARD_BYTES, bytes);
    this.after = memory.asSlice(GUARD_BYTES + bytes, GUARD_BYTES).fill(GUARD);
  }

  /** Returns a machine, or aborts the test with the reason if machine code cannot run here. */
  static Machine here(IndexKind index, long stride) {
    return new Machine(target(index), index, stride);
  }

  /** Returns a machine whose code finds the index of every thread out of bounds. */
  static Machine withoutIndices(IndexKind index, long stride) {
    return new Machine(new Target(target(index).area(), 0, false), index, stride);
  }

  private static Target target(IndexKind index) {
    Availability availability = Rseq.availability();
    assumeTrue(availability.active(), () -> "no machine code here: " + availability.reason());
    assumeTrue(
        availability.indexKinds().contains(index),
        () -> "no %s here: %s".formatted(index, availability.missing()));
    // Where the C library has not registered this thread, asking for the CPU does.
    assertThat(Rseq.currentCpu()).isNotNegative();
    Area area = availability.area().orElseThrow();
    return new Target(Math.toIntExact(area.offset()), area.own(), CpuSet.possible().bound(), false);
  }

  @Override
  public long run(Sequence sequence, MemorySegment slice, Object... arguments) {
    return run(program(sequence), slice, arguments);
  }

  @Override
  public long run(Program program, MemorySegment slice, Object... arguments) {
    Run run = runFrom(slice, program, arguments);
    slice.copyFrom(slice(run.slice));
    return run.result;
  }

  /** Runs a sequence with the same content in all slices. */
  Run runFrom(MemorySegment content, Sequence sequence, Object... arguments) {
    return runFrom(content, program(sequence), arguments);
  }

  /** Runs a program with the same content in all slices, and all of it on one of them. */
  Run runFrom(MemorySegment content, Program program, Object... arguments) {
    Installed code = installed.computeIfAbsent(program, this::install);
    int slice;
    long restarts;
    long result;
    do {
      // What an aborted run has stored may be read when it starts again, or be left in the slice
      // of another CPU. Protocols make sure that it does not matter; these sequences have none.
      // Nor do they take part in moves from CPU to CPU between the sequences of a program.
      slice = currentIndex();
      restarts = code.state.restarts();
      for (int i = 0; i < count(); i++) {
        slice(i).copyFrom(content);
      }
      result = call(code.handle, arguments);
    } while (code.state.restarts() != restarts || currentIndex() != slice);
    return new Run(result, slice, changed(slice, content));
  }

  private int currentIndex() {
    return switch (index) {
      case CPU_ID -> Rseq.currentCpu();
      case MM_CID -> Rseq.currentMmCid();
    };
  }

  private Program program(Sequence sequence) {
    return programs.computeIfAbsent(sequence, Program::of);
  }

  /** Returns the content of a slice after the last run. */
  MemorySegment slice(int number) {
    return slices.asSlice(number * stride, stride);
  }

  /** Returns how many slices there are. */
  int count() {
    return (int) (slices.byteSize() / stride);
  }

  /** Returns how many bytes into the region a slice begins. */
  long offset(int number) {
    return number * stride;
  }

  private long call(MethodHandle handle, Object... arguments) {
    try {
      return (long) handle.invokeExact(slices.address(), stride, arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private Installed install(Program program) {
    try {
      SequenceLinker.Linked linked =
          new SequenceLinker(PROCESSOR, Space.SPACE, target, METHODS)
              .link(program.indexedBy(index));
      int parameters = program.parameters().size();
      return new Installed(linked.handle().asSpreader(Object[].class, parameters), linked.state());
    } catch (CodeSpaceException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean changed(int slice, MemorySegment content) {
    assertThat(isIntact(before)).as("the memory before the slices is intact").isTrue();
    assertThat(isIntact(after)).as("the memory behind the slices is intact").isTrue();
    for (int i = 0; i < count(); i++) {
      if (i != slice) {
        assertThat(slice(i).mismatch(content))
            .as("slice %d, not %d, is intact", i, slice)
            .isNegative();
      }
    }
    return slice(slice).mismatch(content) >= 0;
  }

  private static boolean isIntact(MemorySegment guard) {
    // All bytes are equal if the first is right and each equals its neighbour.
    return guard.get(ValueLayout.JAVA_BYTE, 0) == GUARD
        && guard.asSlice(1).mismatch(guard.asSlice(0, guard.byteSize() - 1)) < 0;
  }
}
