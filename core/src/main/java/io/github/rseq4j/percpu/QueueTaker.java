package io.github.rseq4j.percpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The consumer's side of a {@link PerCpuQueue}, which has the essay.
 *
 * <p>All but {@link #removed} is between a {@link #begin} and its {@link #end}.
 */
final class QueueTaker {
  /** How many elements in a row are taken from one CPU while others have some. */
  private static final int TURN = 64;

  private static final int SPINS = 100;
  private static final long PAUSE_NANOS = 20_000;

  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  /** Words before and behind those that are used: two cache lines. */
  private static final int PADDING = 16;

  private static final int BUSY = PADDING;
  private static final int REMOVED = BUSY + 1;
  private static final int CURRENT = REMOVED + 1;
  private static final int TURNS = CURRENT + 1;
  private static final int HEADS = TURNS + 1;

  private final QueueParts parts;

  /**
   * What the consumer writes, apart from what producers read: whether it is at work, how many
   * places hold a mark of a removal, the slice to look at first, how many elements were taken from
   * it in a row, and a copy of each slice's head.
   */
  private final long[] words;

  QueueTaker(QueueParts parts) {
    this.parts = parts;
    this.words = new long[HEADS + parts.slices() + PADDING];
  }

  /** Begins to take; what was done by an earlier consumer is visible. */
  void begin() {
    if (!WORDS.compareAndSet(words, BUSY, 0L, 1L)) {
      throw new IllegalStateException("one thread at a time takes from the queue");
    }
  }

  void end() {
    WORDS.setRelease(words, BUSY, 0L);
  }

  /** Returns how many places hold a mark of a removal; for any thread. */
  long removed() {
    return (long) WORDS.getOpaque(words, REMOVED);
  }

  /** Takes the element that {@link #peek} returns. */
  @Nullable Object take() {
    Object element = peek();
    if (element != null) {
      int slice = (int) words[CURRENT];
      advance(slice);
      if (++words[TURNS] == TURN) {
        moveOn(slice);
      }
    }
    return element;
  }

  /** Returns the next element, and makes its slice the one to look at first. */
  @Nullable Object peek() {
    for (int round = 0; ; round++) {
      boolean more = false;
      for (int i = 0; i < parts.slices(); i++) {
        int slice = (int) words[CURRENT];
        Object content = first(slice);
        if (content instanceof QueueMark) {
          more |= skipRemoved(slice);
          content = first(slice);
        }
        if (content == null) {
          more |= isStuck(slice);
        } else if (isDue(content)) {
          return QueueMark.element(content);
        }
        moveOn(slice);
      }
      if (!more) {
        return null;
      }
      pause(round);
    }
  }

  /** Returns what is in the place at the head of a slice. */
  private @Nullable Object first(int slice) {
    return parts.content(slice, words[HEADS + slice]);
  }

  private void moveOn(int slice) {
    words[CURRENT] = slice + 1 == parts.slices() ? 0 : slice + 1;
    words[TURNS] = 0;
  }

  /** Gives the place at the head of a slice back. */
  private void advance(int slice) {
    long head = words[HEADS + slice];
    parts.replace(slice, head, null);
    words[HEADS + slice] = head + 1;
    parts.setHead(slice, head + 1);
  }

  private boolean isDue(Object content) {
    return !(content instanceof QueueMark mark) || words[HEADS + mark.slice()] > mark.position();
  }

  /** Returns whether there were removed elements at the head of a slice, and are no more. */
  private boolean skipRemoved(int slice) {
    boolean any = false;
    while (first(slice) instanceof QueueMark mark
        && QueueMark.element(mark) == null
        && isDue(mark)) {
      advance(slice);
      addRemoved(-1);
      any = true;
    }
    return any;
  }

  /** Returns whether behind the head of a slice, whose place is not filled yet, one is. */
  private boolean isStuck(int slice) {
    long tail = parts.tail(slice);
    for (long position = words[HEADS + slice] + 1; position < tail; position++) {
      if (parts.content(slice, position) != null) {
        return true;
      }
    }
    return false;
  }

  private static void pause(int round) {
    if (round < SPINS) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Removes an element that is equal, and returns whether there was one. */
  boolean removeEqual(Object element) {
    for (int slice = 0; slice < parts.slices(); slice++) {
      long tail = parts.tail(slice);
      for (long position = words[HEADS + slice]; position < tail; position++) {
        if (element.equals(QueueMark.element(parts.content(slice, position)))) {
          return replace(slice, position);
        }
      }
    }
    return false;
  }

  /** Removes an element if it is still in its place. */
  @SuppressWarnings("ReferenceEquality") // that very one is meant
  void removeAt(int slice, long position, Object element) {
    if (position >= words[HEADS + slice]
        && QueueMark.element(parts.content(slice, position)) == element) {
      replace(slice, position);
    }
  }

  private boolean replace(int slice, long position) {
    QueueMark mark = QueueMark.removed(Objects.requireNonNull(parts.content(slice, position)));
    parts.replace(slice, position, mark);
    addRemoved(1);
    return true;
  }

  private void addRemoved(long change) {
    WORDS.setOpaque(words, REMOVED, words[REMOVED] + change);
  }
}
