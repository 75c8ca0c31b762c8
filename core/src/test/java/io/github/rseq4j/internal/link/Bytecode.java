package io.github.rseq4j.internal.link;

import io.github.rseq4j.sequence.Backend;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.ProgramBackend;
import io.github.rseq4j.sequence.Sequence;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Programs as bytecode, on one slice of whatever memory they are given. */
final class Bytecode implements Backend, ProgramBackend {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Program, MethodHandle> linked = new HashMap<>();
  private final Map<Sequence, Program> programs = new HashMap<>();

  @Override
  public long run(Sequence sequence, MemorySegment slice, Object... arguments) {
    return run(programs.computeIfAbsent(sequence, Program::of), slice, arguments);
  }

  @Override
  public long run(Program program, MemorySegment slice, Object... arguments) {
    return runPart(program, slice, 0, slice.byteSize(), 0, arguments);
  }

  /** Runs a program on a slice that is a part of memory. */
  long runPart(
      Program program,
      MemorySegment memory,
      long start,
      long stride,
      long offset,
      Object... arguments) {
    MethodHandle handle =
        linked.computeIfAbsent(
            program,
            key -> LockedLinker.link(key).asSpreader(Object[].class, key.parameters().size()));
    try {
      return (long) handle.invokeExact(lock, memory, start, stride, offset, arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the lock that programs run under. */
  ReentrantLock lock() {
    return lock;
  }
}
