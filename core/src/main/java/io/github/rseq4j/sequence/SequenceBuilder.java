package io.github.rseq4j.sequence;

import io.github.rseq4j.sequence.Operand.Constant;
import java.util.ArrayList;
import java.util.List;

/**
 * Appends the parameters and steps of one sequence; see {@link Sequence#define}.
 *
 * <p>Parameters come first in the order of their calls. Names are for listings.
 */
public final class SequenceBuilder {
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private int ids;

  SequenceBuilder() {}

  /**
   * Adds a 64-bit parameter.
   *
   * @throws IllegalStateException if there is a step already
   */
  public Value parameter(String name) {
    Value value = value(requireNoSteps(name));
    parameters.add(value);
    return value;
  }

  /**
   * Adds a parameter that is memory to copy from.
   *
   * @throws IllegalStateException if there is a step already
   */
  public Source source(String name) {
    return memory(new Source(ids, requireNoSteps(name)));
  }

  /**
   * Adds a parameter that is memory to write to.
   *
   * @throws IllegalStateException if there is a step already
   */
  public Destination destination(String name) {
    return memory(new Destination(ids, requireNoSteps(name)));
  }

  /** Makes a label, to be skipped to and then placed. */
  public Label label(String name) {
    return new Label(name);
  }

  /** Loads 64 bits. */
  public Value load64(String name, Address from) {
    return load(name, Width.BITS_64, from);
  }

  /** Loads {@code width} bits, zero-extended. */
  public Value load(String name, Width width, Address from) {
    Value result = value(name);
    steps.add(new Step.Load(result, width, from, false));
    return result;
  }

  /** Loads 64 bits; no later access moves before it. */
  public Value loadAcquire64(String name, Address from) {
    return loadAcquire(name, Width.BITS_64, from);
  }

  /** Loads {@code width} bits, zero-extended; no later access moves before it. */
  public Value loadAcquire(String name, Width width, Address from) {
    Value result = value(name);
    steps.add(new Step.Load(result, width, from, true));
    return result;
  }

  /** Stores 64 bits that no reader may take notice of before the commit. */
  public void store64(Address to, Operand value) {
    store(Width.BITS_64, to, value);
  }

  /** Stores 64 bits that no reader may take notice of before the commit. */
  public void store64(Address to, long value) {
    store64(to, new Constant(value));
  }

  /** Stores the low {@code width} bits, of which no reader may take notice before the commit. */
  public void store(Width width, Address to, Operand value) {
    steps.add(new Step.Store(width, to, value));
  }

  /** Computes {@code left + right}. */
  public Value add(String name, Value left, Operand right) {
    return compute(name, Operation.ADD, left, right);
  }

  /** Computes {@code left + right}. */
  public Value add(String name, Value left, long right) {
    return add(name, left, new Constant(right));
  }

  /** Computes {@code left - right}. */
  public Value subtract(String name, Value left, Operand right) {
    return compute(name, Operation.SUBTRACT, left, right);
  }

  /** Computes {@code left - right}. */
  public Value subtract(String name, Value left, long right) {
    return subtract(name, left, new Constant(right));
  }

  /** Computes {@code left & right}. */
  public Value and(String name, Value left, Operand right) {
    return compute(name, Operation.AND, left, right);
  }

  /** Computes {@code left & right}. */
  public Value and(String name, Value left, long right) {
    return and(name, left, new Constant(right));
  }

  /** Computes {@code left << bits}. */
  public Value shiftLeft(String name, Value left, long bits) {
    return compute(name, Operation.SHIFT_LEFT, left, bits);
  }

  /** Computes {@code left >>> bits}. */
  public Value shiftRight(String name, Value left, long bits) {
    return compute(name, Operation.SHIFT_RIGHT, left, bits);
  }

  /** Computes {@code left operation right}. */
  public Value compute(String name, Operation operation, Value left, Operand right) {
    Value result = value(name);
    steps.add(new Step.Compute(result, operation, left, right));
    return result;
  }

  /** Computes {@code left operation right}. */
  public Value compute(String name, Operation operation, Value left, long right) {
    return compute(name, operation, left, new Constant(right));
  }

  /** Computes how many zero bits are above the highest one bit; 64 if there is none. */
  public Value leadingZeros(String name, Value operand) {
    Value result = value(name);
    steps.add(new Step.LeadingZeros(result, operand));
    return result;
  }

  /** Computes how many bytes into the region this CPU's slice begins. */
  public Value sliceOffset(String name) {
    Value result = value(name);
    steps.add(new Step.SliceOffset(result));
    return result;
  }

  /** Leaves through {@code exit}, with nothing committed, if the condition holds. */
  public void exitIf(Value left, Condition condition, Operand right, Exit exit) {
    steps.add(new Step.ExitIf(left, condition, right, exit));
  }

  /** Leaves through {@code exit}, with nothing committed, if the condition holds. */
  public void exitIf(Value left, Condition condition, long right, Exit exit) {
    exitIf(left, condition, new Constant(right), exit);
  }

  /** Goes on at {@code target}, which is placed later, if the condition holds. */
  public void skipIf(Value left, Condition condition, Operand right, Label target) {
    steps.add(new Step.SkipIf(left, condition, right, target));
  }

  /** Goes on at {@code target}, which is placed later, if the condition holds. */
  public void skipIf(Value left, Condition condition, long right, Label target) {
    skipIf(left, condition, new Constant(right), target);
  }

  /** Places a label here. */
  public void land(Label label) {
    steps.add(new Step.Land(label));
  }

  /** Copies {@code length} bytes, at most {@code limit}, which no reader may notice as yet. */
  public void copy(Address to, Source from, Value length, int limit) {
    steps.add(new Transfer.Copy(to, from, length, limit));
  }

  /** Copies {@code length} bytes, at most {@code limit}, out to the caller. */
  public void copyOut(Destination to, Address from, Value length, int limit) {
    steps.add(new Transfer.CopyOut(to, from, length, limit));
  }

  /** Stores 64 bits {@code displacement} bytes into memory of the caller. */
  public void storeOut64(Destination to, int displacement, Value value) {
    steps.add(new Step.StoreOut(to, displacement, value));
  }

  /** Commits by storing 64 bits. */
  public void commit64(Address to, Operand value, Exit exit) {
    commit(Width.BITS_64, to, value, exit);
  }

  /** Commits by storing 64 bits. */
  public void commit64(Address to, long value, Exit exit) {
    commit64(to, new Constant(value), exit);
  }

  /** Commits by storing the low {@code width} bits. */
  public void commit(Width width, Address to, Operand value, Exit exit) {
    steps.add(new Commit.Store(width, to, value, false, exit));
  }

  /** Commits by storing 64 bits; no earlier access moves after it. */
  public void commitRelease64(Address to, Operand value, Exit exit) {
    commitRelease(Width.BITS_64, to, value, exit);
  }

  /** Commits by storing the low {@code width} bits; no earlier access moves after it. */
  public void commitRelease(Width width, Address to, Operand value, Exit exit) {
    steps.add(new Commit.Store(width, to, value, true, exit));
  }

  /** Commits by adding to 64 bits. */
  public void commitAdd64(Address to, Operand value, Exit exit) {
    steps.add(new Commit.Add(to, value, exit));
  }

  /** Commits by adding to 64 bits. */
  public void commitAdd64(Address to, long value, Exit exit) {
    commitAdd64(to, new Constant(value), exit);
  }

  List<Parameter> parameters() {
    return parameters;
  }

  List<Step> steps() {
    return steps;
  }

  /** A parameter's number is its place among the arguments, so it comes before all results. */
  private String requireNoSteps(String parameter) {
    if (!steps.isEmpty()) {
      throw new IllegalStateException(
          "parameter %s comes after %d steps, must come before the first"
              .formatted(parameter, steps.size()));
    }
    return parameter;
  }

  private <M extends CallerMemory> M memory(M memory) {
    ids += memory.words();
    parameters.add(memory);
    return memory;
  }

  private Value value(String name) {
    return new Value(ids++, name);
  }
}
