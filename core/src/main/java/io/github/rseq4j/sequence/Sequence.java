package io.github.rseq4j.sequence;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A restartable sequence: parameters, an index kind and steps, verified when it is made and
 * immutable from then on.
 *
 * <p>It runs on the slice of per-CPU memory that its index selects, as if at once: if its thread is
 * preempted, migrated or signalled before the commit, it starts again from its first step. Its
 * result is that of the {@link Exit} it leaves through. Two exits are implicit: {@link
 * Exit#UNREGISTERED} before the first step, {@link Exit#OUT_OF_BOUNDS} at an indexed address.
 *
 * <pre>{@code
 * static final Address COUNT = Address.of("count", 0);
 * static final Address ITEMS = Address.of("items", 8);
 *
 * static final Sequence PUSH = Sequence.define("push", s -> {
 *   Value value = s.parameter("value");
 *   Value count = s.load64("count", COUNT);
 *   s.exitIf(count, AT_LEAST, CAPACITY, FULL);
 *   s.store64(ITEMS.longAt(count), value);
 *   s.commit64(COUNT, s.add("next", count, 1), PUSHED);
 * });
 * }</pre>
 */
public final class Sequence {
  /** How many words of parameters a sequence may have: one for a value, two for memory. */
  public static final int MAX_PARAMETER_WORDS = 6;

  /** How many words of parameters and values may be needed at the same time. */
  public static final int MAX_LIVE = 10;

  private final String name;
  private final IndexKind index;
  private final List<Parameter> parameters;
  private final List<Step> steps;

  private Sequence(String name, IndexKind index, List<Parameter> parameters, List<Step> steps) {
    this.name = name;
    this.index = index;
    this.parameters = List.copyOf(parameters);
    this.steps = List.copyOf(steps);
  }

  /**
   * Makes a sequence that is indexed by {@link IndexKind#CPU_ID}.
   *
   * @param name the name in listings
   * @param body appends the parameters and steps
   * @throws SequenceException if a rule is broken
   */
  public static Sequence define(String name, Consumer<SequenceBuilder> body) {
    SequenceBuilder builder = new SequenceBuilder();
    body.accept(builder);
    Sequence sequence = new Sequence(name, IndexKind.CPU_ID, builder.parameters(), builder.steps());
    Verifier.verify(sequence);
    return sequence;
  }

  /** Returns this sequence with another index. */
  public Sequence indexedBy(IndexKind kind) {
    return new Sequence(name, kind, parameters, steps);
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /** Returns what selects the slice. */
  public IndexKind index() {
    return index;
  }

  /** Returns the parameters in order. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Returns the steps in order. */
  public List<Step> steps() {
    return steps;
  }

  /** Returns the smallest slice, in bytes, that holds every constant part of its addresses. */
  public int minimumSlice() {
    int bytes = 0;
    for (Step step : steps) {
      Address address = step.address();
      if (address != null) {
        bytes = Math.max(bytes, Math.addExact(address.displacement(), step.extent()));
      }
    }
    return bytes;
  }

  /** Returns, for each value that is read, the number of the last step that reads it. */
  public Map<Value, Integer> lastReads() {
    Map<Value, Integer> lastReads = new HashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      for (Value value : steps.get(i).reads()) {
        lastReads.put(value, i);
      }
    }
    return lastReads;
  }

  /** Returns how many 64-bit words the parameters are passed as. */
  public int parameterWords() {
    return parameters.stream().mapToInt(Parameter::words).sum();
  }

  /**
   * Returns the values that are set before the first step: the parameters that are values, and the
   * sizes of those that are memory.
   */
  public List<Value> values() {
    return parameters.stream()
        .map(
            parameter ->
                switch (parameter) {
                  case Value value -> value;
                  case CallerMemory memory -> memory.size();
                })
        .toList();
  }

  /**
   * Checks that this sequence can run on slices of a size.
   *
   * @param bytes the size of each slice
   * @throws SequenceException naming the step whose constant address would be outside
   */
  public void requireFits(long bytes) {
    Verifier.verifyFits(this, bytes);
  }

  /** Returns the steps, one a line, with their numbers. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name).append('(');
    for (int i = 0; i < parameters.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(parameters.get(i));
    }
    text.append(") by ").append(index).append('\n');
    for (int i = 0; i < steps.size(); i++) {
      text.append("%3d  %s\n".formatted(i, steps.get(i)));
    }
    return text.toString();
  }
}
