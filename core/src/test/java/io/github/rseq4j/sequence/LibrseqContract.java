package io.github.rseq4j.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** librseq's operations do what {@link LibrseqModel} does, whatever runs them. */
@SuppressWarnings("exports") // tests are not exported, this package is
public abstract class LibrseqContract {
  /** The size of the slices that the backend is given. */
  public static final int SLICE_BYTES = LibrseqSequences.MAX_COPY;

  private static final int WORDS = SLICE_BYTES / Long.BYTES;
  private static final int RUNS = 500;

  private final Backend backend;

  /**
   * Makes the contract.
   *
   * @param backend what it is for, with slices of {@value #SLICE_BYTES} bytes
   */
  protected LibrseqContract(Backend backend) {
    this.backend = backend;
  }

  public static List<Sequence> sequences() {
    return LibrseqSequences.all();
  }

  @ParameterizedTest
  @MethodSource("sequences")
  public void doesWhatTheModelDoes(Sequence sequence) {
    SplittableRandom random = new SplittableRandom(sequence.name().hashCode());
    Set<Long> results = new TreeSet<>();
    for (int run = 0; run < RUNS; run++) {
      MemorySegment before = slice(random);
      Object[] arguments = arguments(sequence, before, random);
      results.add(assertLikeModel(sequence, before, arguments));
    }
    boolean compares = sequence.name().contains("cb");
    assertThat(results)
        .isEqualTo(compares ? Set.of(Exit.OUT_OF_BOUNDS, 0L, 1L) : Set.of(Exit.OUT_OF_BOUNDS, 0L));
  }

  @ParameterizedTest
  @MethodSource("sequences")
  public void refusesEveryWordOutsideTheSlice(Sequence sequence) {
    SplittableRandom random = new SplittableRandom(7);
    for (long outside : new long[] {WORDS, WORDS + 1, 1L << 61, Long.MIN_VALUE, -1}) {
      Object[] arguments = arguments(sequence, slice(random), random);
      arguments[0] = outside;
      assertThat(assertLikeModel(sequence, slice(random), arguments)).isEqualTo(Exit.OUT_OF_BOUNDS);
    }
  }

  @Test
  public void popsAListUntilItIsEmpty() {
    // head -> 5 -> 9 -> empty, links two words behind the nodes
    MemorySegment slice = LibrseqModel.slice(5, 0, 0, 0, 0, 0, 0, 9);
    MemorySegment load = MemorySegment.ofArray(new long[1]);
    Sequence pop = LibrseqSequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE;

    assertThat(backend.run(pop, slice, 0L, 0L, 2L, load)).isEqualTo(LibrseqSequences.SUCCESS);
    assertThat(load.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(5);
    assertThat(backend.run(pop, slice, 0L, 0L, 2L, load)).isEqualTo(LibrseqSequences.SUCCESS);
    assertThat(load.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(9);
    assertThat(backend.run(pop, slice, 0L, 0L, 2L, load)).isEqualTo(LibrseqSequences.BRANCHED);
  }

  @Test
  public void doesNotFollowAPointerOutOfTheSlice() {
    MemorySegment slice = LibrseqModel.slice(WORDS, -1);
    MemorySegment load = MemorySegment.ofArray(new long[1]);
    for (long head = 0; head < 2; head++) {
      assertThat(
              assertLikeModel(
                  LibrseqSequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE, slice, head, 0L, 0L, load))
          .isEqualTo(Exit.OUT_OF_BOUNDS);
      assertThat(
              assertLikeModel(LibrseqSequences.LOAD_ADD_LOAD_LOAD_ADD_STORE, slice, 2L, head, 1L))
          .isEqualTo(Exit.OUT_OF_BOUNDS);
    }
  }

  private long assertLikeModel(Sequence sequence, MemorySegment before, Object... arguments) {
    MemorySegment slice = copy(before);
    MemorySegment expected = copy(before);
    Object[] copies = RandomSequences.copies(arguments);
    long result = backend.run(sequence, slice, arguments);
    assertThat(result)
        .as("%s%s", sequence, Arrays.toString(arguments))
        .isEqualTo(new LibrseqModel(expected).run(sequence.name(), copies));
    assertThat(slice.mismatch(expected))
        .as("%s%s", sequence, Arrays.toString(arguments))
        .isEqualTo(-1);
    for (int i = 0; i < arguments.length; i++) {
      // What is in memory of the caller means something only once an operation is done.
      if (result == 0 && arguments[i] instanceof MemorySegment memory) {
        assertThat(memory.mismatch((MemorySegment) copies[i])).isEqualTo(-1);
      }
    }
    return result;
  }

  /** Returns a slice of random words, of which most are numbers of words. */
  private static MemorySegment slice(SplittableRandom random) {
    long[] words = new long[WORDS];
    Arrays.setAll(words, i -> word(random));
    return LibrseqModel.slice(words);
  }

  private static long word(SplittableRandom random) {
    return switch (random.nextInt(16)) {
      case 0 -> random.nextLong();
      case 1 -> WORDS - 2 + random.nextInt(4);
      case 2 -> -random.nextInt(3);
      default -> random.nextInt(WORDS);
    };
  }

  private static Object[] arguments(
      Sequence sequence, MemorySegment slice, SplittableRandom random) {
    Object[] arguments = new Object[sequence.parameters().size()];
    for (int i = 0; i < arguments.length; i++) {
      Parameter parameter = sequence.parameters().get(i);
      arguments[i] =
          switch (parameter) {
            case CallerMemory _ -> memory(random);
            // Comparisons come behind the word that they are about, and should often succeed.
            case Value value when value.toString().startsWith("expect") && random.nextInt(8) > 0 ->
                at(slice, (long) arguments[i - 1]);
            case Value value when value.toString().equals("voffp") -> random.nextLong(-2, 3);
            case Value value when value.toString().matches("src|dst") -> byteNumber(random);
            case Value _ -> word(random);
          };
    }
    return arguments;
  }

  private static long byteNumber(SplittableRandom random) {
    return random.nextInt(16) == 0 ? -random.nextInt(3) : random.nextInt(SLICE_BYTES + 4);
  }

  private static long at(MemorySegment slice, long word) {
    return word >= 0 && word < WORDS ? slice.getAtIndex(ValueLayout.JAVA_LONG, word) : 0;
  }

  private static MemorySegment memory(SplittableRandom random) {
    int bytes = random.nextInt(4) == 0 ? random.nextInt(SLICE_BYTES + 2) : random.nextInt(40);
    byte[] memory = new byte[bytes];
    random.nextBytes(memory);
    return MemorySegment.ofArray(memory);
  }

  private static MemorySegment copy(MemorySegment slice) {
    return LibrseqModel.slice(slice.toArray(ValueLayout.JAVA_LONG));
  }
}
