package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A slice of the memory of a {@link ModelChecker} as one thread sees it during one move. */
final class ModelSlice implements SliceMemory {
  private final ModelMemory memory;
  private final ModelChoices choices;
  private final int cpu;
  private ModelView view;
  private int part;
  private boolean partsLeft;

  ModelSlice(ModelMemory memory, ModelView view, ModelChoices choices, int cpu) {
    this.memory = memory;
    this.view = view;
    this.choices = choices;
    this.cpu = cpu;
  }

  /** Returns what the thread has seen by now. */
  ModelView view() {
    return view;
  }

  /** Makes the next copy move only one part, from 0: those of its bytes that lie in one word. */
  void copyOnly(int number) {
    part = number;
  }

  /** Returns whether the copy has parts behind the one that it was told to move. */
  boolean partsLeft() {
    return partsLeft;
  }

  @Override
  public long size() {
    return memory.sliceBytes();
  }

  @Override
  public long load(Width width, long offset, boolean acquire) {
    return read(offset, width.bytes(), acquire);
  }

  /** Loads a word as plain Java code does: what it has seen does not bind later loads. */
  long loadUnordered(long offset) {
    ModelView before = view;
    long value = read(offset, Long.BYTES, false);
    view = before;
    return value;
  }

  @Override
  public void store(Width width, long offset, long value) {
    write(offset, width.bytes(), value, false);
  }

  @Override
  public void commit(Width width, long offset, long value, boolean release) {
    write(offset, width.bytes(), value, release);
  }

  @Override
  public void copyIn(long offset, MemorySegment source, long bytes) {
    long begin = partBegin(offset);
    long end = partEnd(begin, offset + bytes);
    long value = 0;
    for (long at = end - 1; at >= begin; at--) {
      value =
          value << Byte.SIZE | Byte.toUnsignedLong(source.get(ValueLayout.JAVA_BYTE, at - offset));
    }
    if (begin < end) {
      write(begin, (int) (end - begin), value, false);
    }
  }

  @Override
  public void copyOut(MemorySegment destination, long offset, long bytes) {
    long begin = partBegin(offset);
    long end = partEnd(begin, offset + bytes);
    if (begin < end) {
      long value = read(begin, (int) (end - begin), false);
      for (long at = begin; at < end; at++) {
        destination.set(ValueLayout.JAVA_BYTE, at - offset, (byte) value);
        value >>>= Byte.SIZE;
      }
    }
  }

  private long partBegin(long offset) {
    return part == 0 ? offset : (offset / Long.BYTES + part) * Long.BYTES;
  }

  private long partEnd(long begin, long end) {
    long wordEnd = (begin / Long.BYTES + 1) * Long.BYTES;
    partsLeft = wordEnd < end;
    return Math.min(wordEnd, end);
  }

  private long read(long offset, int bytes, boolean acquire) {
    int inWord = (int) (offset % Long.BYTES);
    long word = offset - inWord;
    int bytesThere = Long.BYTES - inWord;
    long value = readWord(word, acquire) >>> (inWord * Byte.SIZE);
    if (bytes > bytesThere) {
      value |= readWord(word + Long.BYTES, acquire) << (bytesThere * Byte.SIZE);
    }
    return value & mask(bytes);
  }

  private long readWord(long offset, boolean acquire) {
    int word = memory.word(cpu, offset);
    int last = memory.last(word);
    int store = last - choices.choose(last - view.of(word) + 1);
    view = view.with(word, store);
    ModelView released = memory.store(word, store).released();
    if (acquire && released != null) {
      view = view.join(released);
    }
    return memory.store(word, store).value();
  }

  private void write(long offset, int bytes, long value, boolean release) {
    int inWord = (int) (offset % Long.BYTES);
    long word = offset - inWord;
    int bytesThere = Long.BYTES - inWord;
    int shift = inWord * Byte.SIZE;
    writeWord(word, value << shift, mask(bytes) << shift, release);
    if (bytes > bytesThere) {
      writeWord(
          word + Long.BYTES, value >>> (bytesThere * Byte.SIZE), mask(bytes - bytesThere), release);
    }
  }

  private void writeWord(long offset, long value, long mask, boolean release) {
    int word = memory.word(cpu, offset);
    long whole = (memory.value(word) & ~mask) | (value & mask);
    view = view.with(word, memory.last(word) + 1);
    memory.append(word, new ModelMemory.Message(whole, release ? view : null));
  }

  private static long mask(int bytes) {
    return -1L >>> ((Long.BYTES - bytes) * Byte.SIZE);
  }
}
