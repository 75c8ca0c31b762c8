package io.github.rseq4j.internal.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Finds and takes the pthread keys in whose slots an {@link OwnArea} can lie, which is also where
 * it is said why, and checks everything that can be.
 *
 * <p>A slot, {@code struct pthread_key_data}, is the key's sequence number and the data. Offsets
 * and sizes are in bytes.
 */
final class KeySlots {
  /** The size of a slot. */
  static final int SLOT = 16;

  /** Offset in a slot: the data. */
  static final int DATA = 8;

  /** The sequence number of a key that is the first of its number. */
  private static final long NEW = 1;

  /** How many slots there are in struct pthread: PTHREAD_KEY_2NDLEVEL_SIZE. */
  private static final int KEYS = 32;

  /** How many an area needs, the last for its guard. */
  private static final int NEEDED = RseqAbi.ORIGINAL_SIZE / SLOT + 1;

  /** More than the size of struct pthread; what lies behind it may be unmapped. */
  private static final int SEARCHED = 4096;

  private static final Path MEMORY = Path.of("/proc/self/mem");

  private static final String NOT_THERE = "the data of pthread keys is not where glibc has had it";

  private final PthreadKeys keys;
  private final LongSupplier threadPointer;
  private final SplittableRandom random = new SplittableRandom();

  /** The keys that the searching thread has taken, with its data. */
  private final Map<Integer, Long> taken = new HashMap<>();

  KeySlots(PthreadKeys keys, LongSupplier threadPointer) {
    this.keys = keys;
    this.threadPointer = threadPointer;
  }

  /** What is done on a thread of its own, whose data for the keys is nobody else's. */
  private interface Task {
    Place run() throws NoAreaException, IOException;
  }

  /** A place: its first key, and the offset of that key's slot from the thread pointer. */
  private record Place(int key, long offset) {}

  /** Takes a place and returns its offset from the thread pointer. */
  long claim() throws NoAreaException {
    Place place = onNewThread(this::search);
    try {
      onNewThread(() -> check(place));
    } catch (NoAreaException e) {
      for (int key = place.key; key < place.key + NEEDED; key++) {
        keys.delete(key);
      }
      throw e;
    }
    return place.offset;
  }

  private static Place onNewThread(Task task) throws NoAreaException {
    try {
      return CompletableFuture.supplyAsync(() -> unchecked(task), Thread.ofPlatform()::start)
          .join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case NoAreaException reason -> throw reason;
        case IOException reason ->
            throw new NoAreaException(
                "%s cannot be read: %s".formatted(MEMORY, reason.getMessage()));
        case Error error -> throw error;
        case null, default -> throw e;
      }
    }
  }

  private static Place unchecked(Task task) {
    try {
      return task.run();
    } catch (NoAreaException | IOException e) {
      throw new CompletionException(e);
    }
  }

  /** Takes keys, one after the other, until the slots of the last ones are a place. */
  private Place search() throws NoAreaException, IOException {
    int kept = KEYS;
    try {
      while (true) {
        int last = takeKey();
        int first = last - NEEDED + 1;
        long self = keys.self();
        long[] words = read(self, SEARCHED);
        int slots = firstSlot(words);
        long address = self + (long) slots * Long.BYTES + (long) first * SLOT;
        if (areNew(words, slots, first) && address % RseqAbi.ORIGINAL_ALIGNMENT == 0) {
          requireOthersData(words, slots);
          kept = first;
          return new Place(first, address - threadPointer.getAsLong());
        }
      }
    } finally {
      for (int key : taken.keySet()) {
        keys.set(key, 0);
        if (key < kept) {
          keys.delete(key);
        }
      }
    }
  }

  /** Takes one more key, and sets its data in this thread. */
  private int takeKey() throws NoAreaException {
    OptionalInt key = keys.create();
    if (key.isEmpty() || key.getAsInt() >= KEYS) {
      key.ifPresent(keys::delete);
      throw new NoAreaException("too many of the process's pthread keys are in use");
    }
    long data = random.nextLong();
    taken.put(key.getAsInt(), data);
    keys.set(key.getAsInt(), data);
    return key.getAsInt();
  }

  /** Returns the index of the word at which the slots begin. */
  private int firstSlot(long[] words) throws NoAreaException {
    return IntStream.range(0, words.length - KEYS * SLOT / Long.BYTES + 1)
        .filter(
            slots ->
                taken.entrySet().stream()
                    .allMatch(each -> words[slots + data(each.getKey())] == each.getValue()))
        .findFirst()
        .orElseThrow(() -> new NoAreaException(NOT_THERE));
  }

  /** Whether a place's keys, from {@code first} on, are ours and the first of their numbers. */
  private boolean areNew(long[] words, int slots, int first) {
    return IntStream.range(first, first + NEEDED)
        .allMatch(key -> taken.containsKey(key) && words[slots + data(key) - 1] == NEW);
  }

  private void requireOthersData(long[] words, int slots) throws NoAreaException {
    if (IntStream.range(0, KEYS)
        .noneMatch(key -> !taken.containsKey(key) && words[slots + data(key)] != 0)) {
      throw new NoAreaException("this JVM has nothing of its threads in pthread keys");
    }
  }

  /** Checks, on another thread than that of the search, that the place is there, too. */
  private Place check(Place place) throws NoAreaException, IOException {
    long address = threadPointer.getAsLong() + place.offset;
    boolean fits = address % RseqAbi.ORIGINAL_ALIGNMENT == 0;
    for (int i = 0; i < NEEDED; i++) {
      int key = place.key + i;
      fits &= read(address, NEEDED * SLOT)[data(i)] == 0;
      keys.set(key, random.nextLong(1, Long.MAX_VALUE));
      fits &= read(address, NEEDED * SLOT)[data(i)] != 0;
      keys.set(key, 0);
    }
    if (!fits) {
      throw new NoAreaException(NOT_THERE);
    }
    return place;
  }

  /** Returns the index, in words from the first slot, of a key's data. */
  private static int data(int key) {
    return (key * SLOT + DATA) / Long.BYTES;
  }

  /** Reads memory of this process, up to where it is not mapped. */
  private static long[] read(long address, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    try (FileChannel memory = FileChannel.open(MEMORY, StandardOpenOption.READ)) {
      memory.read(buffer, address);
    }
    long[] words = new long[buffer.flip().remaining() / Long.BYTES];
    buffer.asLongBuffer().get(words);
    return words;
  }
}
