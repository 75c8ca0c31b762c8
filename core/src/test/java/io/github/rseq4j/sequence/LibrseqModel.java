package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** librseq's operations on one slice, as plain code. */
public final class LibrseqModel {
  private static final long DONE = 0;
  private static final long BRANCHED = 1;

  /** A word, byte or length that is not inside. */
  private static final class Outside extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final MemorySegment slice;
  private Object[] arguments = {};

  /** Makes the model of a slice, which it changes. */
  public LibrseqModel(MemorySegment slice) {
    this.slice = slice;
  }

  /** Returns the words of an array as a slice of {@value LibrseqSequences#MAX_COPY} bytes. */
  public static MemorySegment slice(long... words) {
    return MemorySegment.ofArray(Arrays.copyOf(words, LibrseqSequences.MAX_COPY / Long.BYTES));
  }

  /** Performs an operation, and returns its result. */
  public long run(String name, Object... with) {
    arguments = with;
    try {
      return switch (name.replace("_release", "")) {
        case "load_cbne_store" -> compareStore();
        case "load_add_store" -> add(argument(0), argument(1));
        case "load_cbeq_store_add_load_store" -> pop();
        case "load_add_load_load_add_store" ->
            add(get(get(argument(0)) + argument(1)), argument(2));
        case "load_cbne_load_cbne_store" -> compareCompareStore();
        case "load_cbne_store_store" -> compareStoreStore();
        case "load_cbne_memcpy_store" -> compareCopyInStore();
        case "load_cbne_memcpy_out_store" -> compareCopyOutStore();
        default -> throw new IllegalArgumentException(name);
      };
    } catch (Outside e) {
      return Exit.OUT_OF_BOUNDS;
    }
  }

  private long compareStore() {
    return get(argument(0)) == argument(1) ? set(argument(0), argument(2)) : BRANCHED;
  }

  private long compareCompareStore() {
    if (get(argument(0)) != argument(1)) {
      return BRANCHED;
    }
    return get(argument(2)) == argument(3) ? set(argument(0), argument(4)) : BRANCHED;
  }

  private long compareStoreStore() {
    if (get(argument(0)) != argument(1)) {
      return BRANCHED;
    }
    set(argument(2), argument(3));
    return set(argument(0), argument(4));
  }

  private long compareCopyInStore() {
    if (get(argument(0)) != argument(1)) {
      return BRANCHED;
    }
    MemorySegment source = (MemorySegment) arguments[3];
    part(argument(2), source.byteSize()).copyFrom(source);
    return set(argument(0), argument(4));
  }

  private long compareCopyOutStore() {
    if (get(argument(0)) != argument(1)) {
      return BRANCHED;
    }
    MemorySegment destination = (MemorySegment) arguments[2];
    destination.copyFrom(part(argument(3), destination.byteSize()));
    return set(argument(0), argument(4));
  }

  private long pop() {
    long pointer = get(argument(0));
    if (pointer == argument(1)) {
      return BRANCHED;
    }
    MemorySegment load = (MemorySegment) arguments[3];
    if (load.byteSize() < Long.BYTES) {
      throw new Outside();
    }
    load.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, pointer);
    return set(argument(0), get(pointer + argument(2)));
  }

  private long add(long word, long delta) {
    return set(word, get(word) + delta);
  }

  private long argument(int number) {
    return (long) arguments[number];
  }

  private MemorySegment part(long from, long bytes) {
    if (bytes > LibrseqSequences.MAX_COPY || from < 0 || from > slice.byteSize() - bytes) {
      throw new Outside();
    }
    return slice.asSlice(from, bytes);
  }

  private long get(long word) {
    return slice.getAtIndex(ValueLayout.JAVA_LONG, inside(word));
  }

  private long set(long word, long value) {
    slice.setAtIndex(ValueLayout.JAVA_LONG, inside(word), value);
    return DONE;
  }

  private long inside(long word) {
    if (word < 0 || word >= slice.byteSize() / Long.BYTES) {
      throw new Outside();
    }
    return word;
  }
}
