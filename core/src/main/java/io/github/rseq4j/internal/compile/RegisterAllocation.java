package io.github.rseq4j.internal.compile;

import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives each parameter and value of a sequence a register.
 *
 * <p>Steps only go forward, so their order is an order of lifetimes. A parameter keeps its register
 * to the end, since an abort starts again from it. A result takes over the register of its left
 * operand if that is read for the last time, and otherwise gets one that none of its operands has.
 *
 * @param <R> the registers of a processor
 */
public final class RegisterAllocation<R> {
  private final Map<Integer, R> registers = new HashMap<>();
  private final Deque<R> free;
  private final Map<Value, Integer> lastReads;

  /** What is set before the first step, and kept to the end. */
  private final Set<Value> kept;

  /**
   * Allocates.
   *
   * @param sequence the sequence
   * @param pool the registers: first those of the words of the parameters, in order, then those for
   *     values, the best ones first
   */
  public RegisterAllocation(Sequence sequence, List<R> pool) {
    lastReads = sequence.lastReads();
    kept = Set.copyOf(sequence.values());
    int words = sequence.parameterWords();
    for (int word = 0; word < words; word++) {
      registers.put(word, pool.get(word));
    }
    free = new ArrayDeque<>(pool.subList(words, pool.size()));
    List<Step> steps = sequence.steps();
    for (int i = 0; i < steps.size(); i++) {
      allocate(steps.get(i), i);
    }
  }

  private void allocate(Step step, int at) {
    Value result = step.result();
    Value takenOver = takenOver(step, at);
    if (result != null) {
      registers.put(result.id(), takenOver == null ? free.pop() : of(takenOver));
    }
    for (Value value : new LinkedHashSet<>(step.reads())) {
      if (value != takenOver && isDead(value, at)) {
        free.push(of(value));
      }
    }
    if (result != null && !lastReads.containsKey(result)) {
      free.push(of(result));
    }
  }

  /** Returns the operand whose register the result of a step takes over, or null. */
  private @Nullable Value takenOver(Step step, int at) {
    return step instanceof Step.Compute compute && isDead(compute.left(), at)
        ? compute.left()
        : null;
  }

  private boolean isDead(Value value, int at) {
    return !kept.contains(value) && lastReads.getOrDefault(value, at) <= at;
  }

  /** Returns the register of a parameter or value; of memory, that of its address. */
  public R of(Parameter parameter) {
    return Objects.requireNonNull(registers.get(parameter.id()), parameter::toString);
  }

  /** Returns whether any parameter or value was given {@code register}. */
  public boolean uses(R register) {
    return registers.containsValue(register);
  }
}
