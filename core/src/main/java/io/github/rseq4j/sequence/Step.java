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
public sealed interface Step
    permits Commit,
        Transfer,
        Step.Load,
        Step.Store,
        Step.Compute,
        Step.LeadingZeros,
        Step.SliceOffset,
        Step.ExitIf,
        Step.SkipIf,
        Step.Land,
        Step.StoreOut {
  /** The largest bound of a copy, in bytes: what one step copies. */
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
   * {@code result = the number of zero bits above the highest one bit of value}, 64 if it is zero.
   *
   * @param result the value set
   * @param value the operand
   */
  record LeadingZeros(Value result, Value value) implements Step {
    @Override
    public List<Value> reads() {
      return values(value);
    }

    @Override
    public void verify(Verifier verifier) {}

    @Override
    public void interpret(Frame frame) {
      frame.set(result, Long.numberOfLeadingZeros(frame.get(value)));
    }

    @Override
    public String toString() {
      return "%s = leading zeros of %s".formatted(result, value);
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
   * {@code if (displacement + 8 > to.size) return OUT_OF_BOUNDS; to[displacement] = value}, on 64
   * bits.
   *
   * @param to where to
   * @param displacement bytes from the start of {@code to}, 0 to {@value Step#MAX_COPY}
   * @param value what is stored
   */
  record StoreOut(Destination to, int displacement, Value value) implements Step {
    @Override
    public List<Value> reads() {
      return values(value);
    }

    @Override
    public void verify(Verifier verifier) {
      verifier.requireParameter(this, to);
      if (displacement < 0 || displacement > MAX_COPY) {
        throw verifier.refusal(Rule.BOUNDED_COPY, "displacement " + displacement);
      }
    }

    @Override
    public void interpret(Frame frame) {
      frame.storeOut(this);
    }

    @Override
    public String toString() {
      return "store64 [%s + %d] = %s".formatted(to, displacement, value);
    }
  }

  /** Returns those operands that are values. */
  static List<Value> values(@Nullable Operand... operands) {
    List<Value> values = new ArrayList<>();
    for (Operand operand : operands) {
      if (operand instanceof Value value) {
        values.add(value);
      }
    }
    return List.copyOf(values);
  }
}
