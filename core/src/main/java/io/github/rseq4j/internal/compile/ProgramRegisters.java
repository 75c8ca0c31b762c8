package io.github.rseq4j.internal.compile;

import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The registers of a program: an allocation for each of its sequences, of which one is in use.
 *
 * @param <R> the registers of a processor
 */
public final class ProgramRegisters<R> {
  private record Allocated<R>(Sequence sequence, RegisterAllocation<R> registers) {}

  private final List<Allocated<R>> all = new ArrayList<>();
  private @Nullable RegisterAllocation<R> current;

  /**
   * Allocates.
   *
   * @param pool as {@link RegisterAllocation} takes it
   */
  public ProgramRegisters(Program program, List<R> pool) {
    for (Sequence sequence : program.sequences()) {
      all.add(new Allocated<>(sequence, new RegisterAllocation<>(sequence, pool)));
    }
  }

  /** Takes the registers of a sequence from here on. */
  public void use(Sequence sequence) {
    current =
        all.stream().filter(each -> each.sequence == sequence).findFirst().orElseThrow().registers;
  }

  /** Returns the register of a parameter or value of the sequence in use. */
  public R of(Parameter parameter) {
    return Objects.requireNonNull(current, "no sequence is in use").of(parameter);
  }

  /** Returns whether any sequence was given {@code register}. */
  public boolean uses(R register) {
    return all.stream().anyMatch(each -> each.registers.uses(register));
  }
}
