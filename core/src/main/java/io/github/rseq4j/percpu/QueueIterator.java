package io.github.rseq4j.percpu;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Goes through what is in a {@link PerCpuQueue}, without taking it; for any thread.
 *
 * <p>It goes to the tail that it finds when it comes to a slice, which is less than once around, so
 * it meets no element twice.
 */
final class QueueIterator<E> implements Iterator<E> {
  /** Removes the element at a position if it is still there. */
  interface Remover {
    void remove(int slice, long position, Object element);
  }

  private final QueueParts parts;
  private final Remover remover;

  // What comes next.
  private int slice = -1;
  private long position;
  private long tail;
  private @Nullable Object next;

  // What was returned last.
  private int lastSlice;
  private long lastPosition;
  private @Nullable Object last;

  QueueIterator(QueueParts parts, Remover remover) {
    this.parts = parts;
    this.remover = remover;
    find();
  }

  private void find() {
    next = null;
    while (true) {
      for (; position < tail; position++) {
        next = QueueMark.element(parts.content(slice, position));
        // If the place was given back, what is there by now may have another position.
        if (next != null && parts.head(slice) <= position) {
          return;
        }
        next = null;
      }
      if (++slice >= parts.slices()) {
        return;
      }
      position = parts.head(slice);
      // What the consumer takes meanwhile makes room for more than goes in once.
      tail = Math.min(parts.tail(slice), position + parts.capacity());
    }
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  @SuppressWarnings("unchecked") // only elements of the queue's type are offered
  public E next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    last = next;
    lastSlice = slice;
    lastPosition = position++;
    find();
    return (E) last;
  }

  /**
   * Removes the element that was returned last, if it has not been taken meanwhile.
   *
   * @throws IllegalStateException if there is none, or it was removed by this iterator
   */
  @Override
  public void remove() {
    if (last == null) {
      throw new IllegalStateException("no element was returned since the last removal");
    }
    remover.remove(lastSlice, lastPosition, last);
    last = null;
  }
}
