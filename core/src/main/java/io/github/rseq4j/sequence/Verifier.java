package io.github.rseq4j.sequence;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a sequence against the {@link Rule}s, step by step, in one pass.
 *
 * <p>Skips only go forward, so one pass in the order of the steps sees every path: what is set at a
 * label is what is set on each way that leads there.
 */
public final class Verifier {
  private final Sequence sequence;

  /** The values set on every path to the step at hand; null where no path leads. */
  private @Nullable Set<Value> set;

  /** For each label that was skipped to and not yet placed, the values set at all those skips. */
  private final Map<Label, Set<Value>> pending = new LinkedHashMap<>();

  private final Set<Label> placed = new HashSet<>();
  private final Set<Value> everSet;
  private int at;

  private Verifier(Sequence sequence) {
    this.sequence = sequence;
    this.everSet = new HashSet<>(sequence.values());
    this.set = new HashSet<>(sequence.values());
  }

  static void verify(Sequence sequence) {
    new Verifier(sequence).run();
  }

  /** Checks that every constant part of an address is inside a slice of {@code bytes} bytes. */
  static void verifyFits(Sequence sequence, long bytes) {
    Verifier verifier = new Verifier(sequence);
    for (Step step : sequence.steps()) {
      Address address = step.address();
      if (address != null && address.displacement() + (long) step.extent() > bytes) {
        throw verifier.refusal(
            Rule.INSIDE_SLICE, "%s does not fit into %d bytes".formatted(step, bytes));
      }
      verifier.at++;
    }
  }

  private void run() {
    if (sequence.parameterWords() > Sequence.MAX_PARAMETER_WORDS) {
      throw refusal(Rule.PARAMETERS, sequence.parameterWords() + " words");
    }
    List<Step> steps = sequence.steps();
    for (at = 0; at < steps.size(); at++) {
      Step step = steps.get(at);
      if (set == null && !(step instanceof Step.Land)) {
        throw step instanceof Commit
            ? refusal(Rule.ONE_COMMIT, "second commit " + step)
            : refusal(Rule.NOTHING_AFTER_COMMIT, step.toString());
      }
      requireSet(step);
      step.verify(this);
      Value result = step.result();
      if (result != null) {
        define(result);
      }
    }
    requireEnded();
    requireRegisters();
  }

  private void requireSet(Step step) {
    for (Value value : step.reads()) {
      if (set == null || !set.contains(value)) {
        throw refusal(Rule.VALUE_SET, "%s is not set in %s".formatted(value, step));
      }
    }
  }

  private void define(Value result) {
    if (set == null || !everSet.add(result)) {
      throw refusal(Rule.VALUE_SET, result + " is set twice");
    }
    set.add(result);
  }

  private void requireEnded() {
    if (set != null) {
      throw refusal(Rule.ONE_COMMIT, "the last path ends without a commit");
    }
    if (!pending.isEmpty()) {
      Label first = pending.keySet().iterator().next();
      throw refusal(Rule.FORWARD_ONLY, "label %s is not placed".formatted(first));
    }
  }

  private void requireRegisters() {
    List<Step> steps = sequence.steps();
    Map<Value, Integer> lastReads = sequence.lastReads();
    List<Value> live = new ArrayList<>();
    int always = sequence.parameterWords();
    for (at = 0; at < steps.size(); at++) {
      Value result = steps.get(at).result();
      if (result != null) {
        live.add(result);
      }
      if (always + live.size() > Sequence.MAX_LIVE) {
        throw refusal(Rule.REGISTERS, "%d are needed".formatted(always + live.size()));
      }
      live.removeIf(value -> lastReads.getOrDefault(value, at) <= at);
    }
  }

  /** Records the commit that ends the path at hand. */
  void commit() {
    set = null;
  }

  /** Records a skip to {@code target}. */
  void skip(Label target) {
    if (placed.contains(target)) {
      throw refusal(Rule.FORWARD_ONLY, "jump backward to " + target);
    }
    Set<Value> here = new HashSet<>(requirePath());
    pending.merge(target, here, Verifier::intersection);
  }

  /** Records that {@code label} is placed here. */
  void land(Label label) {
    if (!placed.add(label)) {
      throw refusal(Rule.FORWARD_ONLY, "label %s is placed twice".formatted(label));
    }
    Set<Value> skipped = pending.remove(label);
    if (set == null) {
      set = skipped;
      requirePath();
    } else if (skipped != null) {
      set = intersection(set, skipped);
    }
  }

  /** Checks that memory of the caller is a parameter of this sequence. */
  void requireParameter(Step step, CallerMemory memory) {
    if (!sequence.parameters().contains(memory)) {
      throw refusal(Rule.VALUE_SET, "%s is no parameter in %s".formatted(memory, step));
    }
  }

  /** Checks that an access of {@code bytes} bytes is naturally aligned whatever its index. */
  void requireAligned(Step step, @Nullable Address address, int bytes) {
    if (address == null
        || address.displacement() % bytes != 0
        || (address.index() != null && address.scale() % bytes != 0)) {
      throw refusal(Rule.ALIGNED, step.toString());
    }
  }

  /** Returns the refusal of the step at hand. */
  SequenceException refusal(Rule rule, String detail) {
    return new SequenceException(sequence.name(), at, rule, detail);
  }

  private Set<Value> requirePath() {
    if (set == null) {
      throw refusal(Rule.NOTHING_AFTER_COMMIT, "no path leads here");
    }
    return set;
  }

  private static Set<Value> intersection(Set<Value> one, Set<Value> other) {
    Set<Value> both = new HashSet<>(one);
    both.retainAll(other);
    return both;
  }
}
