package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** What a script of a {@link ModelChecker} does next. */
sealed interface ModelAction {
  /** Runs a program; the arguments are as {@link Frame} takes them. */
  record Run(Program program, List<Object> arguments) implements ModelAction {}

  /** Loads a word. */
  record Get(int cpu, long offset, boolean acquire) implements ModelAction {
    @Override
    public String toString() {
      return "get%s [%d] of CPU %d".formatted(acquire ? " acquire" : "", offset, cpu);
    }
  }

  /** Stores a word. */
  record Set(int cpu, long offset, long value, boolean release) implements ModelAction {
    @Override
    public String toString() {
      return "set%s [%d] of CPU %d = 0x%x".formatted(release ? " release" : "", offset, cpu, value);
    }
  }

  /** Fences a CPU. */
  record Fence(int cpu) implements ModelAction {
    @Override
    public String toString() {
      return "fence CPU " + cpu;
    }
  }

  /**
   * How an action ended.
   *
   * @param number its result, 0 if it has none
   * @param destinations those of a run, as it has left them
   */
  record Answer(long number, List<MemorySegment> destinations) {}
}
