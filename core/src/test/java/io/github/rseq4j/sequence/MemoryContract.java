package io.github.rseq4j.sequence;

import static io.github.rseq4j.sequence.Slices.bytes;
import static io.github.rseq4j.sequence.Slices.number;
import static io.github.rseq4j.sequence.Slices.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rseq4j.sequence.Operand.Constant;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the steps that touch memory mean, and which memory they touch, whatever runs them. */
@SuppressWarnings("exports") // tests are not exported, this package is
public abstract class MemoryContract {
  private static final Exit DONE = Exit.of("done", 7);
  private static final int[] SCALES = {1, 2, 4, 8};
  private static final long NUMBER = 0x8192_a3b4_c5d6_e7f8L;
  private static final int COPY_LIMIT = 40;

  private final Backend backend;

  /**
   * Makes the contract.
   *
   * @param backend what it is for
   */
  protected MemoryContract(Backend backend) {
    this.backend = backend;
  }

  public static Stream<Arguments> widthsAndScales() {
    return Arrays.stream(Width.values())
        .flatMap(width -> Arrays.stream(SCALES).mapToObj(scale -> arguments(width, scale)));
  }

  public static LongStream constants() {
    return ComputeContract.edges();
  }

  @ParameterizedTest
  @EnumSource
  public void loadsExtendWithZeros(Width width) {
    for (int displacement : new int[] {0, 1, 7, 127, 128, Slices.BYTES - width.bytes()}) {
      Sequence sequence =
          Sequence.define(
              "load", s -> s.commit64(at(0), s.load("value", width, at(displacement)), DONE));
      MemorySegment slice = Slices.numbered();
      MemorySegment expected = Slices.copy(slice);
      put(expected, 0, Long.BYTES, number(slice, displacement, width.bytes()));
      assertThat(backend.run(sequence, slice)).isEqualTo(7);
      assertThat(bytes(slice)).isEqualTo(bytes(expected));
    }
  }

  @ParameterizedTest
  @EnumSource
  public void acquiringLoadsExtendWithZeros(Width width) {
    int displacement = 3 * width.bytes();
    Sequence sequence =
        Sequence.define(
            "acquire",
            s -> {
              // The first result of a sequence without parameters has the number 0.
              Value value = new Value(0, "value");
              s.steps().add(new Step.Load(value, width, at(displacement), true));
              s.commit64(at(0), value, DONE);
            });
    MemorySegment slice = Slices.numbered();
    MemorySegment expected = Slices.copy(slice);
    put(expected, 0, Long.BYTES, number(slice, displacement, width.bytes()));
    assertThat(backend.run(sequence, slice)).isEqualTo(7);
    assertThat(bytes(slice)).isEqualTo(bytes(expected));
  }

  @ParameterizedTest
  @EnumSource
  public void storesChangeTheirWidthOnly(Width width) {
    for (int displacement : new int[] {0, 1, 127, 128, Slices.BYTES - width.bytes()}) {
      Sequence sequence =
          Sequence.define(
              "store",
              s -> {
                s.store(width, at(displacement), s.parameter("value"));
                s.commitAdd64(at(0), 0, DONE);
              });
      stores(sequence, width, displacement, NUMBER, NUMBER);
    }
  }

  @ParameterizedTest
  @EnumSource
  public void storesFromEveryRegister(Width width) {
    Sequence sequence =
        Sequence.define(
            "store",
            s -> {
              s.source("unused");
              Value[] values = new Value[Sequence.MAX_LIVE - 2];
              for (int i = 0; i < values.length; i++) {
                values[i] = s.load64("v" + i, at(i * Long.BYTES));
              }
              for (int i = 0; i < values.length; i++) {
                s.store(width, at(i * Long.BYTES + 128), values[i]);
              }
              s.commitAdd64(at(0), 0, DONE);
            });
    MemorySegment slice = Slices.numbered();
    MemorySegment expected = Slices.copy(slice);
    for (int i = 0; i < Sequence.MAX_LIVE - 2; i++) {
      int offset = i * Long.BYTES;
      put(expected, offset + 128, width.bytes(), number(slice, offset, Long.BYTES));
    }
    assertThat(backend.run(sequence, slice, MemorySegment.ofArray(new byte[0]))).isEqualTo(7);
    assertThat(bytes(slice)).isEqualTo(bytes(expected));
  }

  @ParameterizedTest
  @MethodSource("constants")
  public void constantsAreStoredAndCommitted(long constant) {
    for (Width width : Width.values()) {
      Sequence store =
          Sequence.define(
              "store",
              s -> {
                s.store(width, at(21), new Constant(constant));
                s.commitAdd64(at(0), 0, DONE);
              });
      stores(store, width, 21, constant);
      Sequence commit =
          Sequence.define(
              "commit", s -> s.steps().add(commit(width, at(24), new Constant(constant), false)));
      stores(commit, width, 24, constant);
    }
  }

  private void stores(
      Sequence sequence, Width width, long offset, long number, Object... arguments) {
    MemorySegment slice = Slices.numbered();
    MemorySegment expected = Slices.copy(slice);
    put(expected, offset, width.bytes(), number);
    assertThat(backend.run(sequence, slice, arguments)).isEqualTo(7);
    assertThat(bytes(slice)).as(sequence::toString).isEqualTo(bytes(expected));
  }

  @ParameterizedTest
  @MethodSource("constants")
  public void commitsAdd(long number) {
    Sequence constant = Sequence.define("add", s -> s.commitAdd64(at(8), number, DONE));
    Sequence value = Sequence.define("add", s -> s.commitAdd64(at(8), s.parameter("number"), DONE));
    constants()
        .forEach(
            before -> {
              MemorySegment expected = Slices.numbered();
              put(expected, 8, Long.BYTES, before + number);
              MemorySegment slice = Slices.numbered();
              put(slice, 8, Long.BYTES, before);
              assertThat(backend.run(constant, slice)).isEqualTo(7);
              assertThat(bytes(slice)).isEqualTo(bytes(expected));
              put(slice, 8, Long.BYTES, before);
              assertThat(backend.run(value, slice, number)).isEqualTo(7);
              assertThat(bytes(slice)).isEqualTo(bytes(expected));
            });
  }

  @ParameterizedTest
  @MethodSource("widthsAndScales")
  public void indexedLoadsStayInTheSlice(Width width, int scale) {
    for (int displacement : displacements(width)) {
      Sequence sequence =
          Sequence.define(
              "load",
              s -> {
                Address from = new Address("from", displacement, s.parameter("index"), scale);
                s.commit64(at(0), s.load("value", width, from), DONE);
              });
      long last = last(displacement, width.bytes(), scale);
      for (long index : inside(last)) {
        MemorySegment expected = Slices.numbered();
        long offset = displacement + index * scale;
        put(expected, 0, Long.BYTES, number(expected, offset, width.bytes()));
        leaves(sequence, 7, expected, index);
      }
      for (long index : outside(last, displacement, scale)) {
        leaves(sequence, Exit.OUT_OF_BOUNDS, Slices.numbered(), index);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("widthsAndScales")
  public void indexedStoresStayInTheSlice(Width width, int scale) {
    for (int displacement : displacements(width)) {
      Sequence sequence =
          Sequence.define(
              "store",
              s -> {
                Address to = new Address("to", displacement, s.parameter("index"), scale);
                s.store(width, to, new Constant(NUMBER));
                s.commitAdd64(at(0), 0, DONE);
              });
      storesStayInTheSlice(sequence, width, displacement, scale);
    }
  }

  @ParameterizedTest
  @MethodSource("widthsAndScales")
  public void indexedCommitsStayInTheSlice(Width width, int scale) {
    // Where elements are smaller than the word the commit would not be aligned.
    int aligned = Math.max(scale, width.bytes());
    for (int displacement : new int[] {0, 8, Slices.BYTES - 8}) {
      for (boolean release : new boolean[] {false, true}) {
        Sequence sequence =
            Sequence.define(
                "commit",
                s -> {
                  Address to = new Address("to", displacement, s.parameter("index"), aligned);
                  s.steps().add(commit(width, to, new Constant(NUMBER), release));
                });
        storesStayInTheSlice(sequence, width, displacement, aligned);
      }
    }
  }

  private void storesStayInTheSlice(Sequence sequence, Width width, int displacement, int scale) {
    long last = last(displacement, width.bytes(), scale);
    for (long index : inside(last)) {
      MemorySegment expected = Slices.numbered();
      put(expected, displacement + index * scale, width.bytes(), NUMBER);
      leaves(sequence, 7, expected, index);
    }
    for (long index : outside(last, displacement, scale)) {
      leaves(sequence, Exit.OUT_OF_BOUNDS, Slices.numbered(), index);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 128, Slices.BYTES - 8})
  public void indexedAdditionsStayInTheSlice(int displacement) {
    Sequence sequence =
        Sequence.define(
            "add", s -> s.commitAdd64(at(displacement).longAt(s.parameter("index")), NUMBER, DONE));
    long last = last(displacement, Long.BYTES, Long.BYTES);
    for (long index : inside(last)) {
      MemorySegment expected = Slices.numbered();
      long offset = displacement + index * Long.BYTES;
      put(expected, offset, Long.BYTES, number(expected, offset, Long.BYTES) + NUMBER);
      leaves(sequence, 7, expected, index);
    }
    for (long index : outside(last, displacement, Long.BYTES)) {
      leaves(sequence, Exit.OUT_OF_BOUNDS, Slices.numbered(), index);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, Slices.BYTES - COPY_LIMIT})
  public void copiesTheirLengthUpToTheirLimit(int displacement) {
    Sequence sequence = copying(displacement, false);
    for (int length = 0; length <= COPY_LIMIT; length++) {
      MemorySegment expected = Slices.numbered();
      MemorySegment.copy(source(length), 0, expected, displacement, length);
      leaves(sequence, 7, expected, (long) length, 0L, source(length));
    }
    for (long length : new long[] {COPY_LIMIT + 1, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
      leaves(sequence, Exit.OUT_OF_BOUNDS, Slices.numbered(), length, 0L, source(COPY_LIMIT));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, COPY_LIMIT})
  public void copiesNoMoreThanTheSourceHas(int size) {
    Sequence sequence = copying(16, false);
    for (int length = 0; length <= COPY_LIMIT; length++) {
      MemorySegment expected = Slices.numbered();
      if (length <= size) {
        MemorySegment.copy(source(size), 0, expected, 16, length);
      }
      leaves(
          sequence,
          length <= size ? 7 : Exit.OUT_OF_BOUNDS,
          expected,
          (long) length,
          0L,
          source(size));
    }
  }

  @Test
  public void copiesAllOfTheSourceUpToTheLimit() {
    Sequence sequence =
        Sequence.define(
            "copy_all",
            s -> {
              Source source = s.source("source");
              s.copy(at(8), source, source.size(), COPY_LIMIT);
              s.commit64(at(0), source.size(), DONE);
            });
    for (int size = 0; size <= COPY_LIMIT + 1; size++) {
      MemorySegment expected = Slices.numbered();
      boolean fits = size <= COPY_LIMIT;
      if (fits) {
        MemorySegment.copy(source(size), 0, expected, 8, size);
        put(expected, 0, Long.BYTES, size);
      }
      leaves(sequence, fits ? 7 : Exit.OUT_OF_BOUNDS, expected, source(size));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  public void copiesOutWhatIsInTheSliceAndFits(boolean indexed) {
    Sequence sequence =
        Sequence.define(
            "copy_out",
            s -> {
              Value length = s.parameter("length");
              Value index = s.parameter("index");
              Destination to = s.destination("to");
              Address from = at(24);
              s.copyOut(to, indexed ? from.byteAt(index) : from, length, COPY_LIMIT);
              s.commitAdd64(at(0), 0, DONE);
            });
    for (int length = 0; length <= COPY_LIMIT; length++) {
      long last = indexed ? last(24, length, 1) : 0;
      for (long index : inside(last)) {
        for (int size : new int[] {0, length - 1, length, length + 1, COPY_LIMIT + 1}) {
          MemorySegment to = MemorySegment.ofArray(new byte[Math.max(size, 0)]).fill((byte) 1);
          MemorySegment expected = MemorySegment.ofArray(bytes(to));
          boolean fits = length <= to.byteSize();
          if (fits) {
            MemorySegment.copy(Slices.numbered(), 24 + index, expected, 0, length);
          }
          long result = fits ? 7 : Exit.OUT_OF_BOUNDS;
          leaves(sequence, result, Slices.numbered(), (long) length, index, to);
          assertThat(to.mismatch(expected)).isEqualTo(-1);
        }
      }
      if (indexed) {
        for (long index : outside(last, 24, 1)) {
          MemorySegment to = MemorySegment.ofArray(new byte[COPY_LIMIT]);
          leaves(sequence, Exit.OUT_OF_BOUNDS, Slices.numbered(), (long) length, index, to);
          assertThat(to.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        }
      }
    }
    MemorySegment large = MemorySegment.ofArray(new byte[COPY_LIMIT + 2]);
    leaves(sequence, Exit.OUT_OF_BOUNDS, Slices.numbered(), COPY_LIMIT + 1L, 0L, large);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, Step.MAX_COPY})
  public void storesWordsOutWhereTheyFit(int displacement) {
    Sequence sequence =
        Sequence.define(
            "store_out",
            s -> {
              Value number = s.parameter("number");
              s.storeOut64(s.destination("to"), displacement, number);
              s.commitAdd64(at(0), 0, DONE);
            });
    for (int room : new int[] {0, 7, 8, 9, 16}) {
      byte[] to = new byte[displacement + room];
      boolean fits = room >= Long.BYTES;
      long result = fits ? 7 : Exit.OUT_OF_BOUNDS;
      leaves(sequence, result, Slices.numbered(), NUMBER, MemorySegment.ofArray(to));
      byte[] expected = new byte[to.length];
      if (fits) {
        put(MemorySegment.ofArray(expected), displacement, Long.BYTES, NUMBER);
      }
      assertThat(to).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, Slices.BYTES - COPY_LIMIT})
  public void indexedCopiesStayInTheSlice(int displacement) {
    Sequence sequence = copying(displacement, true);
    for (int length = 0; length <= COPY_LIMIT; length++) {
      long last = last(displacement, length, 1);
      for (long index : inside(last)) {
        MemorySegment expected = Slices.numbered();
        MemorySegment.copy(source(length), 0, expected, displacement + index, length);
        leaves(sequence, 7, expected, (long) length, index, source(length));
      }
      for (long index : outside(last, displacement, 1)) {
        MemorySegment expected = Slices.numbered();
        leaves(sequence, Exit.OUT_OF_BOUNDS, expected, (long) length, index, source(length));
      }
    }
  }

  private static Sequence copying(int displacement, boolean indexed) {
    return Sequence.define(
        "copy",
        s -> {
          Value length = s.parameter("length");
          Value index = s.parameter("index");
          Source source = s.source("source");
          Address to = at(displacement);
          s.copy(indexed ? to.byteAt(index) : to, source, length, COPY_LIMIT);
          s.commitAdd64(at(0), 0, DONE);
        });
  }

  /** Checks that a sequence, run on {@link Slices#numbered}, leaves this result and content. */
  private void leaves(Sequence sequence, long result, MemorySegment expected, Object... arguments) {
    MemorySegment slice = Slices.numbered();
    assertThat(backend.run(sequence, slice, arguments))
        .as("%s with %s", sequence, Arrays.toString(arguments))
        .isEqualTo(result);
    assertThat(bytes(slice))
        .as("%s with %s", sequence, Arrays.toString(arguments))
        .isEqualTo(bytes(expected));
  }

  private static int[] displacements(Width width) {
    return new int[] {0, 3, 8, Slices.BYTES - width.bytes()};
  }

  /** Returns the last index at which {@code bytes} bytes are inside the slice. */
  private static long last(int displacement, int bytes, int scale) {
    return Math.floorDiv(Slices.BYTES - displacement - bytes, scale);
  }

  /** Returns indices up to the last one. */
  private static Set<Long> inside(long last) {
    return new LinkedHashSet<>(List.of(0L, last / 2, Math.max(last - 1, 0), last));
  }

  /**
   * Returns indices behind the last one, among them such as come back into the slice, or into the
   * memory before it, if the product with the scale or the sum with the displacement wraps around.
   */
  private static Set<Long> outside(long last, int displacement, int scale) {
    long wrap = scale == 1 ? 0 : Long.divideUnsigned(-1, scale) + 1;
    Set<Long> indices = new LinkedHashSet<>();
    indices.addAll(List.of(last + 1, last + 2, last + (1L << 31), last + (1L << 32)));
    indices.addAll(List.of(-1L, -(long) displacement - 1, Long.MAX_VALUE, Long.MIN_VALUE));
    if (scale > 1) {
      indices.addAll(List.of(wrap, wrap + 1, wrap - 1, -wrap));
    }
    return indices;
  }

  private static MemorySegment source(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 11 + 5);
    }
    return MemorySegment.ofArray(bytes);
  }

  private static Commit commit(Width width, Address to, Operand value, boolean release) {
    return new Commit.Store(width, to, value, release, DONE);
  }

  private static Address at(int displacement) {
    return Address.of("at" + displacement, displacement);
  }
}
