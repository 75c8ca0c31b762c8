package io.github.rseq4j.sequence;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a sequence. Each record's first paragraph is its meaning; {@code slice} is the memory
 * of the CPU that the sequence runs on.
 *
 * <p>Every step verifies itself against the rules that concern it and interprets itself on a {@link
 * Frame}. An indexed {@link Address} whose bytes are not all inside the slice leaves through {@link
 * Exit#OUT_OF_BOUNDS} instead.
 */
public sealed interface Step {
  /** The largest bound of a {@link Copy}, in bytes: what is copied within one sequence. */
  int MAX_COPY = 4096;

  /** Returns the value this step sets, or null if it sets none. */
  default @Nullable Value result() {
    return null;
  }

  /** Returns the values this step reads. */
  List<Value> reads();

  /** Returns the address this step touches, or null if it touches no memory of the slice. */
  default @Nullable Address address() {
    return null;
  }

  /** Returns how many bytes from {@link #address()} this step touches at most. */
  default int extent() {
    return 0;
  }

  /** Checks this step against the rules that concern it. */
  void verify(Verifier verifier);

  /** Performs this step. */
  void interpret(Frame frame);

  /** A step that ends its path: the one store that makes the sequence's work visible. */
  sealed interface Commit extends Step permits CommitStore, CommitAdd {
    /** Returns the way out once committed. */
    Exit exit();

    @Override
    default void verify(Verifier verifier) {
      verifier.requireAligned(this, address(), extent());
      verifier.commit();
    }
  }

  /**
   * {@code result = zeroExtend(slice[from])}; if {@code acquire}, no later access moves before it.
   *
   * @param result the value set
   * @param width how much is loaded
   * @param from where from
   * @param acquire whether the load acquires
   */
  record Load(Value result, Width width, Address from, boolean acquire) implements Step {
    @Override
    public List<Value> reads() {
      return values(from.index());
    }

    @Override
    public Address address() {
      return from;
    }

    @Override
    public int extent() {
      return width.bytes();
    }

    @Override
    public void verify(Verifier verifier) {
      if (acquire) {
        verifier.requireAligned(this, from, width.bytes());
      }
    }

    @Override
    public void interpret(Frame frame) {
      frame.load(result, width, from, acquire);
    }

    @Override
    public String toString() {
      return "%s = load%s%d %s".formatted(result, acquire ? ".acquire" : "", width.bits(), from);
    }
  }

  /**
   * {@code slice[to] = value}, of which no reader may take notice before the commit.
   *
   * @param width how much is stored
   * @param to where to
   * @param value what is stored
   */
  record Store(Width width, Address to, Operand value) implements Step {
    @Override
    public List<Value> reads() {
      return values(to.index(), value);
    }

    @Override
    public Address address() {
      return to;
    }

    @Override
    public int extent() {
      return width.bytes();
    }

    @Override
    public void verify(Verifier verifier) {}

    @Override
    public void interpret(Frame frame) {
      frame.store(width, to, value);
    }

    @Override
    public String toString() {
      return "store%d %s = %s".formatted(width.bits(), to, value);
    }
  }

  /**
   * {@code result = left op right}.
   *
   * @param result the value set
   * @param operation what is computed
   * @param left the left operand
   * @param right the right operand
   */
  record Compute(Value result, Operation operation, Value left, Operand right) implements Step {
    @Override
    public List<Value> reads() {
      return values(left, right);
    }

    @Override
    public void verify(Verifier verifier) {}

    @Override
    public void interpret(Frame frame) {
      frame.set(result, operation.apply(frame.get(left), frame.get(right)));
    }

    @Override
    public String toString() {
      return "%s = %s %s %s".formatted(result, left, operation, right);
    }
  }

  /**
   * {@code result = bytes from the start of the region to slice}.
   *
   * @param result the value set
   */
  record SliceOffset(Value result) implements Step {
    @Override
    public List<Value> reads() {
      return List.of();
    }

    @Override
    public void verify(Verifier verifier) {}

    @Override
    public void interpret(Frame frame) {
      frame.set(result, frame.sliceOffset());
    }

    @Override
    public String toString() {
      return result + " = offset of this slice";
    }
  }

  /**
   * {@code if (left condition right) return exit}, with nothing committed.
   *
   * @param left the left operand
   * @param condition the comparison
   * @param right the right operand
   * @param exit the way out
   */
  record ExitIf(Value left, Condition condition, Operand right, Exit exit) implements Step {
    @Override
    public List<Value> reads() {
      return values(left, right, exit.result());
    }

    @Override
    public void verify(Verifier verifier) {}

    @Override
    public void interpret(Frame frame) {
      if (condition.holds(frame.get(left), frame.get(right))) {
        frame.leave(exit);
      }
    }

    @Override
    public String toString() {
      return "if %s %s %s exit %s".formatted(left, condition, right, exit);
    }
  }

  /**
   * {@code if (left condition right) goto target}, where the target lies ahead.
   *
   * @param left the left operand
   * @param condition the comparison
   * @param right the right operand
   * @param target where to go on
   */
  record SkipIf(Value left, Condition condition, Operand right, Label target) implements Step {
    @Override
    public List<Value> reads() {
      return values(left, right);
    }

    @Override
    public void verify(Verifier verifier) {
      verifier.skip(target);
    }

    @Override
    public void interpret(Frame frame) {
      if (condition.holds(frame.get(left), frame.get(right))) {
        frame.skipTo(target);
      }
    }

    @Override
    public String toString() {
      return "if %s %s %s skip to %s".formatted(left, condition, right, target);
    }
  }

  /** {@code label:}, where skips land. */
  record Land(Label label) implements Step {
    @Override
    public List<Value> reads() {
      return List.of();
    }

    @Override
    public void verify(Verifier verifier) {
      verifier.land(label);
    }

    @Override
    public void interpret(Frame frame) {}

    @Override
    public String toString() {
      return label + ":";
    }
  }

  /**
   * {@code if (length > limit) return OUT_OF_BOUNDS; slice[to .. to + length) = from[0 .. length)}.
   * The caller answers for {@code from} having that many bytes.
   *
   * @param to where to
   * @param from where from
   * @param length how many bytes, unsigned
   * @param limit the bound of {@code length}, 1 to {@value Step#MAX_COPY}
   */
  record Copy(Address to, Source from, Value length, int limit) implements Step {
    @Override
    public List<Value> reads() {
      return values(to.index(), length);
    }

    @Override
    public Address address() {
      return to;
    }

    @Override
    public int extent() {
      return limit;
    }

    @Override
    public void verify(Verifier verifier) {
      if (limit < 1 || limit > MAX_COPY) {
        throw verifier.refusal(Rule.BOUNDED_COPY, "bound " + limit);
      }
      if (to.index() != null && to.scale() != 1) {
        throw verifier.refusal(Rule.BOUNDED_COPY, "scale " + to.scale() + " is not 1");
      }
    }

    @Override
    public void interpret(Frame frame) {
      frame.copy(to, from, length, limit);
    }

    @Override
    public String toString() {
      return "copy %s = %s, %s bytes, at most %d".formatted(to, from, length, limit);
    }
  }

  /**
   * {@code slice[to] = value; return exit}; if {@code release}, no earlier access moves after it.
   *
   * @param width how much is stored
   * @param to where to
   * @param value what is stored
   * @param release whether the store releases
   * @param exit the way out once committed
   */
  record CommitStore(Width width, Address to, Operand value, boolean release, Exit exit)
      implements Commit {
    @Override
    public List<Value> reads() {
      return values(to.index(), value, exit.result());
    }

    @Override
    public Address address() {
      return to;
    }

    @Override
    public int extent() {
      return width.bytes();
    }

    @Override
    public void interpret(Frame frame) {
      frame.commitStore(width, to, value, exit);
    }

    @Override
    public String toString() {
      return "commit%s%d %s = %s -> %s"
          .formatted(release ? ".release" : "", width.bits(), to, value, exit);
    }
  }

  /**
   * {@code slice[to] += value; return exit}, on 64 bits.
   *
   * @param to where to
   * @param value what is added
   * @param exit the way out once committed
   */
  record CommitAdd(Address to, Operand value, Exit exit) implements Commit {
    @Override
    public List<Value> reads() {
      return values(to.index(), value, exit.result());
    }

    @Override
    public Address address() {
      return to;
    }

    @Override
    public int extent() {
      return Width.BITS_64.bytes();
    }

    @Override
    public void interpret(Frame frame) {
      frame.commitAdd(to, value, exit);
    }

    @Override
    public String toString() {
      return "commit.add64 %s += %s -> %s".formatted(to, value, exit);
    }
  }

  private static List<Value> values(@Nullable Operand... operands) {
    List<Value> values = new ArrayList<>();
    for (Operand operand : operands) {
      if (operand instanceof Value value) {
        values.add(value);
      }
    }
    return List.copyOf(values);
  }
}
