package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
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

  private static final VarHandle CONTENTS = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  /** Words before and behind those that are used: two cache lines. */
  private static final int PADDING = 16;

  private static final int BUSY = PADDING;
  private static final int REMOVED = BUSY + 1;
  private static final int CURRENT = REMOVED + 1;
  private static final int TURNS = CURRENT + 1;
  private static final int HEADS = TURNS + 1;

  private final Region region;
  private final @Nullable Object[] @Nullable [] parts;
  private final int mask;

  /**
   * What the consumer writes, apart from what producers read: whether it is at work, how many
   * places hold a mark of a removal, the slice to look at first, how many elements were taken from
   * it in a row, and a copy of each slice's head.
   */
  private final long[] words;

  /**
   * Makes a taker.
   *
   * @param parts the part of each slice, null as long as nothing was offered there
   */
  QueueTaker(Region region, @Nullable Object[] @Nullable [] parts, int mask) {
    this.region = region;
    this.parts = parts;
    this.mask = mask;
    this.words = new long[HEADS + parts.length + PADDING];
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

  /** Returns what is in the place of a position; for any thread. */
  static @Nullable Object content(@Nullable Object[] part, long position, int mask) {
    return (Object) CONTENTS.getAcquire(part, QueueLayout.index(position, mask));
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
      for (int i = 0; i < parts.length; i++) {
        int slice = (int) words[CURRENT];
        var part = parts[slice];
        if (part != null) {
          Object content = content(part, words[HEADS + slice], mask);
          if (content instanceof QueueMark) {
            more |= skipRemoved(slice, part);
            content = content(part, words[HEADS + slice], mask);
          }
          if (content == null) {
            more |= isStuck(slice, part);
          } else if (isDue(content)) {
            return QueueMark.element(content);
          }
        }
        moveOn(slice);
      }
      if (!more) {
        return null;
      }
      pause(round);
    }
  }

  private void moveOn(int slice) {
    words[CURRENT] = slice + 1 == parts.length ? 0 : slice + 1;
    words[TURNS] = 0;
  }

  /** Gives the place at the head of a slice back. */
  private void advance(int slice) {
    long head = words[HEADS + slice];
    Objects.requireNonNull(parts[slice])[QueueLayout.index(head, mask)] = null;
    words[HEADS + slice] = head + 1;
    region.setRelease(slice, QueueLayout.HEAD.displacement(), head + 1);
  }

  private boolean isDue(Object content) {
    return !(content instanceof QueueMark mark) || words[HEADS + mark.slice()] > mark.position();
  }

  /** Returns whether there were removed elements at the head of a slice, and are no more. */
  private boolean skipRemoved(int slice, @Nullable Object[] part) {
    boolean any = false;
    while (content(part, words[HEADS + slice], mask) instanceof QueueMark mark
        && QueueMark.element(mark) == null
        && isDue(mark)) {
      advance(slice);
      addRemoved(-1);
      any = true;
    }
    return any;
  }

  /** Returns whether behind the head of a slice, whose place is not filled yet, one is. */
  private boolean isStuck(int slice, @Nullable Object[] part) {
    long tail = region.getAcquire(slice, QueueLayout.TAIL.displacement());
    for (long position = words[HEADS + slice] + 1; position < tail; position++) {
      if (content(part, position, mask) != null) {
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
    for (int slice = 0; slice < parts.length; slice++) {
      long tail = region.getAcquire(slice, QueueLayout.TAIL.displacement());
      for (long position = words[HEADS + slice]; position < tail; position++) {
        if (element.equals(QueueMark.element(contentAt(slice, position)))) {
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
        && QueueMark.element(contentAt(slice, position)) == element) {
      replace(slice, position);
    }
  }

  private @Nullable Object contentAt(int slice, long position) {
    var part = parts[slice];
    return part == null ? null : content(part, position, mask);
  }

  private boolean replace(int slice, long position) {
    QueueMark mark = QueueMark.removed(Objects.requireNonNull(contentAt(slice, position)));
    CONTENTS.setRelease(parts[slice], QueueLayout.index(position, mask), mark);
    addRemoved(1);
    return true;
  }

  private void addRemoved(long change) {
    WORDS.setOpaque(words, REMOVED, words[REMOVED] + change);
  }
}
