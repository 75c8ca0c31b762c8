package io.github.rseq4j.sequence;

import static io.github.rseq4j.sequence.Slices.bytes;
import static io.github.rseq4j.sequence.Slices.number;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.sequence.Operand.Constant;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the steps that compute, compare, skip and leave mean, whatever runs them. */
@SuppressWarnings("exports") // tests are not exported, this package is
public abstract class ComputeContract {
  private static final Exit DONE = Exit.of("done", 7);
  private static final Exit LEFT = Exit.of("left", 8);
  private static final BigInteger MODULUS = BigInteger.TWO.pow(Long.SIZE);

  /** Those whose every result is specified. */
  private static final List<Operation> OPERATIONS =
      Arrays.stream(Operation.values()).filter(each -> each != Operation.ADD_DOUBLE).toList();

  private static final List<Condition> CONDITIONS = List.of(Condition.values());

  private final Backend backend;

  /**
   * Makes the contract.
   *
   * @param backend what it is for
   */
  protected ComputeContract(Backend backend) {
    this.backend = backend;
  }

  /** Where 8-bit, 32-bit and 64-bit constants, and the order of unsigned numbers, change. */
  public static LongStream edges() {
    return LongStream.of(
        0,
        1,
        -1,
        127,
        128,
        255,
        -128,
        -129,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x1_0000_0000L,
        -0x8000_0000L,
        -0x8000_0001L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0x0123_4567_89ab_cdefL);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ADD_DOUBLE")
  public void computesWithValues(Operation operation) {
    Sequence sequence =
        Sequence.define(
            "compute",
            s -> {
              Value left = s.parameter("left");
              Value right = s.parameter("right");
              Value kept = s.compute("kept", operation, left, right);
              Value loaded = s.load64("loaded", word(3));
              Value takenOver = s.compute("taken_over", operation, loaded, right);
              Value self = s.load64("self", word(3));
              Value same = s.compute("same", operation, self, self);
              Value other = s.load64("other", word(4));
              Value lastRead = s.compute("last_read", operation, left, other);
              s.store64(word(0), kept);
              s.store64(word(1), takenOver);
              s.store64(word(2), same);
              s.commit64(word(5), lastRead, DONE);
            });
    edges().forEach(left -> edges().forEach(right -> computes(sequence, operation, left, right)));
  }

  private void computes(Sequence sequence, Operation operation, long left, long right) {
    MemorySegment slice = Slices.zeroed();
    Slices.put(slice, 3 * Long.BYTES, Long.BYTES, left);
    Slices.put(slice, 4 * Long.BYTES, Long.BYTES, right);
    assertThat(backend.run(sequence, slice, left, right)).isEqualTo(7);
    long expected = expected(operation, left, right);
    assertThat(words(slice, 6))
        .as("%x %s %x", left, operation, right)
        .containsExactly(
            expected, expected, expected(operation, left, left), left, right, expected);
  }

  @ParameterizedTest
  @MethodSource("edges")
  public void computesWithConstants(long constant) {
    Sequence sequence =
        Sequence.define(
            "compute",
            s -> {
              Value left = s.parameter("left");
              for (int i = 0; i < OPERATIONS.size(); i++) {
                Value result = s.compute("result", OPERATIONS.get(i), left, constant);
                s.store64(word(i), result);
              }
              s.commitAdd64(word(OPERATIONS.size()), 1, DONE);
            });
    edges()
        .forEach(
            left -> {
              MemorySegment slice = Slices.zeroed();
              assertThat(backend.run(sequence, slice, left)).isEqualTo(7);
              assertThat(words(slice, OPERATIONS.size()))
                  .as("%x and %x by %s", left, constant, OPERATIONS)
                  .isEqualTo(OPERATIONS.stream().map(by -> expected(by, left, constant)).toList());
            });
  }

  /** A copy and a shift by a value each need registers of their own on some processors. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  public void holdsAsManyValuesBesideACopyAndAShift(int parameters) {
    int loads = Sequence.MAX_LIVE - parameters - 3; // two words of memory, one result
    Sequence sequence =
        Sequence.define(
            "full",
            s -> {
              List<Value> values = new ArrayList<>();
              for (int i = 0; i < parameters; i++) {
                values.add(s.parameter("p" + i));
              }
              Source source = s.source("source");
              for (int i = 0; i < loads; i++) {
                values.add(s.load64("v" + i, word(i)));
              }
              s.copy(word(9), source, source.size(), 8);
              Value last = values.removeLast();
              values.add(s.compute("shifted", Operation.SHIFT_LEFT, last, values.getFirst()));
              for (int i = 0; i < values.size(); i++) {
                s.store64(word(10 + i), values.get(i));
              }
              s.commitAdd64(word(20), 1, Exit.of("done", values.getLast()));
            });
    MemorySegment slice = Slices.numbered();
    List<Long> expected = new ArrayList<>();
    for (int i = 0; i < parameters; i++) {
      expected.add(1000L + i);
    }
    List<Object> arguments = new ArrayList<>(expected);
    arguments.add(MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5, 6, 7}));
    expected.addAll(words(slice, loads));
    expected.add(expected.removeLast() << expected.getFirst());
    long result = backend.run(sequence, slice, arguments.toArray());
    assertThat(result).isEqualTo(expected.getLast() & Long.MAX_VALUE);
    assertThat(words(slice, 10 + expected.size()).subList(10, 10 + expected.size()))
        .isEqualTo(expected);
    assertThat(number(slice, 9L * Long.BYTES, 7)).isEqualTo(0x07060504030201L);
  }

  /** Doubles around every change of their form or of how sums are rounded. */
  private static double[] doubles() {
    double[] positive = {
      0,
      1,
      Math.nextUp(1.0),
      0x1p-53,
      Math.nextUp(0x1p-53),
      0x1p53,
      0x1p53 + 2,
      0.1,
      Double.MIN_VALUE,
      3 * Double.MIN_VALUE,
      Math.nextDown(Double.MIN_NORMAL),
      Double.MIN_NORMAL,
      Double.MAX_VALUE,
      0x1p970,
      Math.nextDown(0x1p970),
      Double.POSITIVE_INFINITY,
      Double.NaN
    };
    return DoubleStream.of(positive).flatMap(each -> DoubleStream.of(each, -each)).toArray();
  }

  @Test
  public void addsDoubles() {
    Sequence sequence =
        Sequence.define(
            "add_double",
            s -> {
              Value left = s.parameter("left");
              Value right = s.parameter("right");
              Value loaded = s.load64("loaded", word(1));
              s.store64(word(0), s.compute("kept", Operation.ADD_DOUBLE, left, right));
              Value takenOver = s.compute("taken_over", Operation.ADD_DOUBLE, loaded, right);
              s.store64(word(1), takenOver);
              s.store64(word(2), s.compute("same", Operation.ADD_DOUBLE, left, left));
              s.store64(word(3), left);
              s.commit64(word(4), right, DONE);
            });
    for (double left : doubles()) {
      for (double right : doubles()) {
        MemorySegment slice = Slices.zeroed();
        Slices.put(slice, Long.BYTES, Long.BYTES, bits(left));
        assertThat(backend.run(sequence, slice, bits(left), bits(right))).isEqualTo(7);
        long sum = canonicalBits(left + right);
        assertThat(words(slice, 5).stream().map(ComputeContract::canonical))
            .as("%s + %s", left, right)
            .containsExactly(
                sum, sum, canonicalBits(left + left), canonicalBits(left), canonicalBits(right));
      }
    }
  }

  @Test
  public void addsConstantDoubles() {
    for (double right : doubles()) {
      Sequence sequence =
          Sequence.define(
              "add_double",
              s -> {
                Value left = s.parameter("left");
                s.commit64(
                    word(0), s.compute("sum", Operation.ADD_DOUBLE, left, bits(right)), DONE);
              });
      for (double left : doubles()) {
        MemorySegment slice = Slices.zeroed();
        assertThat(backend.run(sequence, slice, bits(left))).isEqualTo(7);
        assertThat(canonical(words(slice, 1).getFirst()))
            .as("%s + %s", left, right)
            .isEqualTo(canonicalBits(left + right));
      }
    }
  }

  private static long bits(double number) {
    return Double.doubleToRawLongBits(number);
  }

  /** Returns the bits of a number, or one and the same for everything that is none. */
  private static long canonicalBits(double number) {
    return Double.doubleToLongBits(number);
  }

  private static long canonical(long bits) {
    return canonicalBits(Double.longBitsToDouble(bits));
  }

  @Test
  public void countsLeadingZeros() {
    Sequence sequence =
        Sequence.define(
            "leading_zeros",
            s -> {
              Value value = s.parameter("value");
              Value loaded = s.load64("loaded", word(1));
              s.store64(word(0), s.leadingZeros("zeros", value));
              s.commit64(word(1), s.leadingZeros("zeros", loaded), DONE);
            });
    LongStream.concat(edges(), LongStream.range(0, Long.SIZE).map(bit -> 1L << bit))
        .forEach(
            number -> {
              MemorySegment slice = Slices.zeroed();
              Slices.put(slice, Long.BYTES, Long.BYTES, number);
              assertThat(backend.run(sequence, slice, number)).isEqualTo(7);
              long expected = (long) Long.SIZE - unsigned(number).bitLength();
              assertThat(words(slice, 2)).as("%x", number).containsExactly(expected, expected);
            });
  }

  @Test
  public void comparesValuesUnsigned() {
    Sequence sequence = comparing(null);
    edges().forEach(left -> edges().forEach(right -> compares(sequence, left, right)));
  }

  @ParameterizedTest
  @MethodSource("edges")
  public void comparesWithConstantsUnsigned(long constant) {
    Sequence sequence = comparing(new Constant(constant));
    edges().forEach(left -> compares(sequence, left, constant));
  }

  /** Makes a sequence that stores 1 for each condition that holds, and 0 for the others. */
  private static Sequence comparing(@Nullable Constant constant) {
    return Sequence.define(
        "compare",
        s -> {
          Value left = s.parameter("left");
          Value right = s.parameter("right");
          for (int i = 0; i < CONDITIONS.size(); i++) {
            Label holds = s.label("holds");
            s.store64(word(i), new Constant(1));
            s.skipIf(left, CONDITIONS.get(i), constant == null ? right : constant, holds);
            s.store64(word(i), new Constant(0));
            s.land(holds);
          }
          s.commitAdd64(word(CONDITIONS.size()), 1, DONE);
        });
  }

  private void compares(Sequence sequence, long left, long right) {
    MemorySegment slice = Slices.zeroed();
    assertThat(backend.run(sequence, slice, left, right)).isEqualTo(7);
    assertThat(words(slice, CONDITIONS.size()))
        .as("comparing %x with %x by %s", left, right, CONDITIONS)
        .isEqualTo(CONDITIONS.stream().map(by -> expected(by, left, right) ? 1L : 0L).toList());
  }

  @ParameterizedTest
  @EnumSource
  public void exitsIfTheConditionHolds(Condition condition) {
    Sequence sequence =
        Sequence.define(
            "exit",
            s -> {
              Value left = s.parameter("left");
              Value right = s.parameter("right");
              s.exitIf(left, condition, right, LEFT);
              s.commitAdd64(word(0), 1, DONE);
            });
    for (long left : new long[] {0, 1, -1}) {
      for (long right : new long[] {0, 1, -1}) {
        MemorySegment slice = Slices.zeroed();
        boolean exit = expected(condition, left, right);
        assertThat(backend.run(sequence, slice, left, right)).isEqualTo(exit ? 8 : 7);
        assertThat(words(slice, 1)).containsExactly(exit ? 0L : 1L);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("edges")
  public void valueExitsLoseTheirHighestBitOnly(long number) {
    Sequence sequence =
        Sequence.define(
            "value_exits",
            s -> {
              Value value = s.parameter("value");
              Value early = s.parameter("early");
              s.exitIf(early, Condition.NOT_EQUAL, 0, Exit.of("early", value));
              s.commit64(word(0), value, Exit.of("late", value));
            });
    MemorySegment slice = Slices.zeroed();
    assertThat(backend.run(sequence, slice, number, 1L)).isEqualTo(number & Long.MAX_VALUE);
    assertThat(words(slice, 1)).containsExactly(0L);
    assertThat(backend.run(sequence, slice, number, 0L)).isEqualTo(number & Long.MAX_VALUE);
    assertThat(words(slice, 1)).containsExactly(number);
  }

  @ParameterizedTest
  @MethodSource("edges")
  public void constantExitsReturnTheConstant(long number) {
    long result = number & Long.MAX_VALUE;
    Sequence sequence =
        Sequence.define(
            "constant_exit", s -> s.commitAdd64(word(0), 1, new Exit("x", new Constant(result))));
    assertThat(backend.run(sequence, Slices.zeroed())).isEqualTo(result);
  }

  @Test
  public void skipsCrossOneAnother() {
    Sequence sequence =
        Sequence.define(
            "skips",
            s -> {
              Value one = s.parameter("one");
              Value two = s.parameter("two");
              Label outer = s.label("outer");
              Label inner = s.label("inner");
              s.skipIf(one, Condition.NOT_EQUAL, new Constant(0), outer);
              s.store64(word(1), new Constant(1));
              s.skipIf(two, Condition.NOT_EQUAL, new Constant(0), inner);
              s.store64(word(2), new Constant(1));
              s.land(outer);
              s.store64(word(3), new Constant(1));
              s.land(inner);
              s.commitAdd64(word(0), 1, DONE);
            });
    assertThat(run(sequence, 0, 0)).containsExactly(1L, 1L, 1L, 1L);
    assertThat(run(sequence, 0, 1)).containsExactly(1L, 1L, 0L, 0L);
    assertThat(run(sequence, 1, 0)).containsExactly(1L, 0L, 0L, 1L);
    assertThat(run(sequence, 1, 1)).containsExactly(1L, 0L, 0L, 1L);
  }

  @Test
  public void eachPathHasItsCommit() {
    Sequence sequence =
        Sequence.define(
            "paths",
            s -> {
              Value path = s.parameter("path");
              Value number = s.parameter("number");
              Label second = s.label("second");
              Label third = s.label("third");
              s.skipIf(path, Condition.ABOVE, new Constant(1), third);
              s.skipIf(path, Condition.EQUAL, new Constant(1), second);
              s.commit64(word(0), number, Exit.of("first", 10));
              s.land(second);
              s.commitAdd64(word(1), number, Exit.of("second", number));
              s.land(third);
              s.commitRelease64(word(2), new Constant(1L << 40), Exit.of("third", 12));
            });
    MemorySegment slice = Slices.zeroed();
    assertThat(backend.run(sequence, slice, 0L, 5L)).isEqualTo(10);
    assertThat(words(slice, 4)).containsExactly(5L, 0L, 0L, 0L);
    assertThat(backend.run(sequence, slice, 1L, 6L)).isEqualTo(6);
    assertThat(words(slice, 4)).containsExactly(5L, 6L, 0L, 0L);
    assertThat(backend.run(sequence, slice, 2L, 7L)).isEqualTo(12);
    assertThat(words(slice, 4)).containsExactly(5L, 6L, 1L << 40, 0L);
  }

  @Test
  public void parametersArriveInTheirOrder() {
    Sequence sequence =
        Sequence.define(
            "parameters",
            s -> {
              for (int i = 0; i < Sequence.MAX_PARAMETER_WORDS - 1; i++) {
                s.parameter("p" + i);
              }
              Value last = s.parameter("last");
              for (int i = 0; i < Sequence.MAX_PARAMETER_WORDS - 1; i++) {
                s.store64(word(i), (Value) s.parameters().get(i));
              }
              s.commit64(word(Sequence.MAX_PARAMETER_WORDS - 1), last, DONE);
            });
    MemorySegment slice = Slices.zeroed();
    assertThat(backend.run(sequence, slice, 11L, 12L, 13L, 14L, 15L, 16L)).isEqualTo(7);
    assertThat(words(slice, 6)).containsExactly(11L, 12L, 13L, 14L, 15L, 16L);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  public void holdsAsManyValuesAsAreAllowed(int parameters) {
    int loads = Sequence.MAX_LIVE - parameters;
    Sequence sequence =
        Sequence.define(
            "full",
            s -> {
              for (int i = 0; i < parameters; i++) {
                s.parameter("p" + i);
              }
              List<Value> values =
                  new ArrayList<>(s.parameters().stream().map(p -> (Value) p).toList());
              for (int i = 0; i < loads; i++) {
                values.add(s.load64("v" + i, word(i)));
              }
              for (int i = 0; i < values.size(); i++) {
                s.store64(word(10 + i), values.get(i));
              }
              s.commitAdd64(word(20), 1, Exit.of("done", values.getLast()));
            });
    MemorySegment slice = Slices.numbered();
    MemorySegment before = Slices.copy(slice);
    List<Long> expected = new ArrayList<>();
    for (int i = 0; i < parameters; i++) {
      expected.add(1000L + i);
    }
    expected.addAll(words(before, loads));
    long result = backend.run(sequence, slice, expected.subList(0, parameters).toArray());
    assertThat(result).isEqualTo(expected.getLast() & Long.MAX_VALUE);
    assertThat(words(slice, 20).subList(10, 20)).isEqualTo(expected);
    assertThat(bytes(slice.asSlice(0, 80))).isEqualTo(bytes(before.asSlice(0, 80)));
  }

  private List<Long> run(Sequence sequence, long... arguments) {
    MemorySegment slice = Slices.zeroed();
    assertThat(backend.run(sequence, slice, LongStream.of(arguments).boxed().toArray()))
        .isEqualTo(7);
    return words(slice, 4);
  }

  private static List<Long> words(MemorySegment slice, int count) {
    return LongStream.range(0, count)
        .mapToObj(word -> number(slice, word * Long.BYTES, Long.BYTES))
        .toList();
  }

  private static Address word(int number) {
    return Address.of("word" + number, number * Long.BYTES);
  }

  private static long expected(Operation operation, long left, long right) {
    BigInteger one = unsigned(left);
    BigInteger other = unsigned(right);
    BigInteger result =
        switch (operation) {
          case ADD -> one.add(other);
          case SUBTRACT -> one.subtract(other);
          case AND -> one.and(other);
          case OR -> one.or(other);
          case XOR -> one.xor(other);
          case SHIFT_LEFT -> one.shiftLeft(sixBits(other));
          case SHIFT_RIGHT -> one.shiftRight(sixBits(other));
          case SHIFT_RIGHT_SIGNED -> BigInteger.valueOf(left).shiftRight(sixBits(other));
          case MIN -> BigInteger.valueOf(left).min(BigInteger.valueOf(right));
          case MAX -> BigInteger.valueOf(left).max(BigInteger.valueOf(right));
          case ADD_DOUBLE -> throw new IllegalArgumentException(operation + " adds no integers");
        };
    return result.longValue();
  }

  private static int sixBits(BigInteger number) {
    return number.intValue() & 0b111111;
  }

  private static boolean expected(Condition condition, long left, long right) {
    int order = unsigned(left).compareTo(unsigned(right));
    return switch (condition) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case BELOW -> order < 0;
      case AT_MOST -> order <= 0;
      case ABOVE -> order > 0;
      case AT_LEAST -> order >= 0;
    };
  }

  private static BigInteger unsigned(long number) {
    return BigInteger.valueOf(number).mod(MODULUS);
  }
}
