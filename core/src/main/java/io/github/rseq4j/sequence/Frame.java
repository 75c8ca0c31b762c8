package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of one interpreted run of a sequence: its values, the slice it works on, and where it
 * is.
 *
 * <p>The interpreter is the oracle that compiled code is held against. It gives no atomicity of its
 * own: whoever runs it sees to it that nobody else runs on the same slice.
 */
public final class Frame {
  private final Sequence sequence;
  private final SliceMemory slice;
  private final long sliceOffset;
  private final Object[] values;
  private int next;
  private boolean committed;
  private @Nullable Long result;

  Frame(Sequence sequence, SliceMemory slice, long sliceOffset, Object... arguments) {
    List<Parameter> parameters = sequence.parameters();
    if (arguments.length != parameters.size()) {
      throw new IllegalArgumentException(
          "%s takes %d arguments, not %d"
              .formatted(sequence.name(), parameters.size(), arguments.length));
    }
    if (sequence.minimumSlice() > slice.size()) {
      sequence.requireFits(slice.size());
    }
    this.sequence = sequence;
    this.slice = slice;
    this.sliceOffset = sliceOffset;
    this.values = new Object[sequence.parameterWords() + sequence.steps().size()];
    for (int i = 0; i < arguments.length; i++) {
      Parameter parameter = parameters.get(i);
      values[parameter.id()] = arguments[i];
      if (parameter instanceof CallerMemory memory) {
        set(memory.size(), ((MemorySegment) arguments[i]).byteSize());
      }
    }
  }

  private Frame(Frame other, SliceMemory slice) {
    this.sequence = other.sequence;
    this.slice = slice;
    this.sliceOffset = other.sliceOffset;
    this.values = other.values.clone();
    this.next = other.next;
    for (Parameter parameter : sequence.parameters()) {
      if (parameter instanceof Destination destination) {
        byte[] bytes = memory(destination).toArray(ValueLayout.JAVA_BYTE);
        values[destination.id()] = MemorySegment.ofArray(bytes);
      }
    }
  }

  /**
   * Runs a sequence on a slice and returns the result of its exit.
   *
   * @param sequence the sequence
   * @param slice the memory it works on, aligned to 8 bytes
   * @param sliceOffset what {@link Step.SliceOffset} answers
   * @param arguments a {@link Long} for each value, a {@link MemorySegment} for each memory
   * @throws SequenceException if the slice is too small
   */
  public static long run(
      Sequence sequence, MemorySegment slice, long sliceOffset, Object... arguments) {
    return run(Program.of(sequence), slice, sliceOffset, arguments);
  }

  /** Runs a program on a slice, as {@link #run(Sequence, MemorySegment, long, Object...)} does. */
  public static long run(
      Program program, MemorySegment slice, long sliceOffset, Object... arguments) {
    long result = 0;
    for (Sequence sequence : program.sequences()) {
      Frame frame = new Frame(sequence, new SegmentMemory(slice), sliceOffset, arguments);
      result = frame.runToEnd();
      if (!frame.committed) {
        break;
      }
    }
    return result;
  }

  private long runToEnd() {
    while (result == null) {
      step();
    }
    return result;
  }

  /** Returns a copy that has not ended, works on {@code other}, and has destinations of its own. */
  Frame on(SliceMemory other) {
    return new Frame(this, other);
  }

  /** Performs the next step. */
  void step() {
    sequence.steps().get(next++).interpret(this);
  }

  /** Returns the number of the next step. */
  int next() {
    return next;
  }

  /** Returns the next step. */
  Step nextStep() {
    return sequence.steps().get(next);
  }

  /** Makes the step just performed, which was no skip, the next one again. */
  void stepBack() {
    next--;
  }

  /** Returns the destinations, in the order of the parameters, as the sequence has left them. */
  List<MemorySegment> destinations() {
    List<MemorySegment> destinations = new ArrayList<>();
    for (Parameter parameter : sequence.parameters()) {
      if (parameter instanceof Destination destination) {
        destinations.add(memory(destination));
      }
    }
    return destinations;
  }

  /** Returns the arguments, of which the destinations are as the sequence has left them. */
  List<Object> arguments() {
    List<Object> arguments = new ArrayList<>();
    for (Parameter parameter : sequence.parameters()) {
      arguments.add(values[parameter.id()]);
    }
    return arguments;
  }

  /** Passes on all values that are numbers, and where it is. */
  void forEachNumber(LongConsumer sink) {
    sink.accept(next);
    for (Object value : values) {
      if (value instanceof Long number) {
        sink.accept(number);
      }
    }
  }

  /** Returns the result, or null if the run has not ended. */
  @Nullable Long result() {
    return result;
  }

  /** Returns whether the run has ended with a commit. */
  boolean committed() {
    return committed;
  }

  long get(Operand operand) {
    return switch (operand) {
      case Operand.Constant constant -> constant.number();
      case Value value -> (long) values[value.id()];
    };
  }

  void set(Value value, long number) {
    values[value.id()] = number;
  }

  long sliceOffset() {
    return sliceOffset;
  }

  void leave(Exit exit) {
    long number = get(exit.result());
    result = exit.result() instanceof Value ? number & Long.MAX_VALUE : number;
  }

  void skipTo(Label label) {
    next = sequence.steps().indexOf(new Step.Land(label));
  }

  void load(Value into, Width width, Address from, boolean acquire) {
    long offset = resolve(from, width.bytes());
    if (offset >= 0) {
      set(into, slice.load(width, offset, acquire));
    }
  }

  void store(Width width, Address to, Operand value) {
    long offset = resolve(to, width.bytes());
    if (offset >= 0) {
      slice.store(width, offset, get(value));
    }
  }

  void copy(Transfer.Copy step) {
    long offset = resolve(step);
    if (offset >= 0) {
      slice.copyIn(offset, memory(step.from()), get(step.length()));
    }
  }

  void copyOut(Transfer.CopyOut step) {
    long offset = resolve(step);
    if (offset >= 0) {
      slice.copyOut(memory(step.to()), offset, get(step.length()));
    }
  }

  void storeOut(Step.StoreOut step) {
    if (step.displacement() + (long) Long.BYTES > get(step.to().size())) {
      leaveOutOfBounds();
    } else {
      memory(step.to())
          .set(ValueLayout.JAVA_LONG_UNALIGNED, step.displacement(), get(step.value()));
    }
  }

  void commitStore(Commit.Store step) {
    long offset = resolve(step.to(), step.width().bytes());
    if (offset >= 0) {
      slice.commit(step.width(), offset, get(step.value()), step.release());
      committed = true;
      leave(step.exit());
    }
  }

  void commitAdd(Commit.Add step) {
    long offset = resolve(step.to(), Width.BITS_64.bytes());
    if (offset >= 0) {
      long sum = slice.load(Width.BITS_64, offset, false) + get(step.value());
      slice.commit(Width.BITS_64, offset, sum, false);
      committed = true;
      leave(step.exit());
    }
  }

  private long resolve(Transfer step) {
    long bytes = get(step.length());
    if (Long.compareUnsigned(bytes, step.limit()) > 0 || bytes > get(step.memory().size())) {
      return leaveOutOfBounds();
    }
    return resolve(step.address(), bytes);
  }

  /** Returns the offset in the slice, or -1 after leaving because it is out of bounds. */
  private long resolve(Address address, long bytes) {
    Value index = address.index();
    if (index == null) {
      return address.displacement();
    }
    long elements = get(index);
    long last = (slice.size() - address.displacement() - bytes) / address.scale();
    if (Long.compareUnsigned(elements, last) > 0) {
      return leaveOutOfBounds();
    }
    return address.displacement() + elements * address.scale();
  }

  private long leaveOutOfBounds() {
    result = Exit.OUT_OF_BOUNDS;
    return -1;
  }

  private MemorySegment memory(CallerMemory memory) {
    return (MemorySegment) values[memory.id()];
  }
}
