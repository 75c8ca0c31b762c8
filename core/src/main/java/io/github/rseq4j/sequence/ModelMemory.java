package io.github.rseq4j.sequence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a {@link ModelChecker}: for each 64-bit word, every value that was ever stored to
 * it, in order.
 *
 * <p>Few words of a slice are ever touched. Those that are get numbers, the same in all copies.
 */
final class ModelMemory {
  /**
   * One store.
   *
   * @param value the whole word
   * @param released what the storing thread had seen, if the store was a release
   */
  record Message(long value, @Nullable ModelView released) {}

  /** A word: that at {@code offset} in the slice of {@code cpu}. */
  private record Place(int cpu, long offset) {}

  private static final Message[] UNTOUCHED = {new Message(0, null)};

  private final Map<Place, Integer> numbers;
  private final List<Place> places;
  private final int sliceBytes;
  private Message[][] stores;

  private ModelMemory(
      Map<Place, Integer> numbers, List<Place> places, int sliceBytes, Message[][] stores) {
    this.numbers = numbers;
    this.places = places;
    this.sliceBytes = sliceBytes;
    this.stores = stores;
  }

  /** Returns slices of zeros. */
  static ModelMemory zeroed(int sliceBytes) {
    return new ModelMemory(new HashMap<>(), new ArrayList<>(), sliceBytes, new Message[0][]);
  }

  /** Returns a copy; the histories are shared, since they are never changed. */
  ModelMemory copy() {
    return new ModelMemory(numbers, places, sliceBytes, stores.clone());
  }

  int sliceBytes() {
    return sliceBytes;
  }

  /** Returns the number of the word at an offset, a multiple of 8, in the slice of a CPU. */
  int word(int cpu, long offset) {
    Place place = new Place(cpu, offset);
    Integer known = numbers.get(place);
    if (known != null) {
      return known;
    }
    numbers.put(place, places.size());
    places.add(place);
    return places.size() - 1;
  }

  /** Returns the CPU in whose slice a word is. */
  int cpu(int word) {
    return places.get(word).cpu;
  }

  /** Returns the numbers of the words that something was stored to. */
  int[] storedWords() {
    int[] words = new int[stores.length];
    int count = 0;
    for (int word = 0; word < stores.length; word++) {
      if (last(word) > 0) {
        words[count++] = word;
      }
    }
    return Arrays.copyOf(words, count);
  }

  /** Returns whether the copy that this is, or the original, was stored to since. */
  boolean differsFrom(ModelMemory original) {
    return !Arrays.equals(stores, original.stores);
  }

  private Message[] history(int word) {
    return word < stores.length ? stores[word] : UNTOUCHED;
  }

  /** Returns the number of the last store to a word; its first value is store 0. */
  int last(int word) {
    return history(word).length - 1;
  }

  Message store(int word, int number) {
    return history(word)[number];
  }

  /** Returns the value of the last store to a word. */
  long value(int word) {
    return store(word, last(word)).value();
  }

  void append(int word, Message message) {
    if (word >= stores.length) {
      int length = stores.length;
      stores = Arrays.copyOf(stores, word + 1);
      Arrays.fill(stores, length, stores.length, UNTOUCHED);
    }
    Message[] longer = Arrays.copyOf(stores[word], stores[word].length + 1);
    longer[longer.length - 1] = message;
    stores[word] = longer;
  }

  /** Returns the words of a slice as they are once all stores have arrived. */
  ModelChecker.Slice slice(int cpu) {
    return offset -> value(word(cpu, requireWord(offset)));
  }

  /**
   * Returns an offset after a check.
   *
   * @throws IllegalArgumentException if it is not that of a word
   */
  long requireWord(long offset) {
    if (offset < 0 || offset % Long.BYTES != 0 || offset >= sliceBytes) {
      throw new IllegalArgumentException(
          "offset %d is not that of a word in 0..%d".formatted(offset, sliceBytes - Long.BYTES));
    }
    return offset;
  }
}
