package io.github.rseq4j.internal.compile;

import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Gives each parameter and value of a sequence a register.
 *
 * <p>Steps only go forward, so their order is an order of lifetimes. A parameter keeps its register
 * to the end, since an abort starts again from it. A result takes over the register of its left
 * operand if that is read for the last time, and otherwise gets one that none of its operands has.
 *
 * @param <R> the registers of a processor
 */
final class RegisterAllocation<R> {
  private final Map<Integer, R> registers = new HashMap<>();
  private final Deque<R> free;
  private final Map<Value, Integer> lastReads;

  /**
   * Allocates.
   *
   * @param sequence the sequence
   * @param parameters the registers of the parameters, in order
   * @param pool the registers for values, the best ones first
   */
  RegisterAllocation(Sequence sequence, List<R> parameters, List<R> pool) {
    lastReads = sequence.lastReads();
    for (Parameter parameter : sequence.parameters()) {
      registers.put(parameter.id(), parameters.get(parameter.id()));
    }
    free = new ArrayDeque<>(pool);
    List<Step> steps = sequence.steps();
    for (int i = 0; i < steps.size(); i++) {
      allocate(steps.get(i), i, sequence.parameters());
    }
  }

  private void allocate(Step step, int at, List<Parameter> parameters) {
    Value result = step.result();
    boolean takenOver = false;
    if (result != null) {
      takenOver =
          step instanceof Step.Compute compute
              && lastReads.getOrDefault(compute.left(), at) <= at
              && !parameters.contains(compute.left());
      R register =
          takenOver && step instanceof Step.Compute compute ? of(compute.left()) : free.pop();
      registers.put(result.id(), register);
    }
    for (Value value : step.reads().stream().distinct().toList()) {
      boolean dead = lastReads.getOrDefault(value, at) <= at && !parameters.contains(value);
      boolean kept = takenOver && step instanceof Step.Compute c && c.left() == value;
      if (dead && !kept) {
        free.push(of(value));
      }
    }
    if (result != null && !lastReads.containsKey(result)) {
      free.push(of(result));
    }
  }

  /** Returns the register of a parameter or value. */
  R of(Parameter parameter) {
    return Objects.requireNonNull(registers.get(parameter.id()), parameter::toString);
  }

  /** Returns whether any parameter or value was given {@code register}. */
  boolean uses(R register) {
    return registers.containsValue(register);
  }
}
