package io.github.rseq4j.percpu;

import org.jspecify.annotations.Nullable;

/**
 * What is in a place of a {@link PerCpuQueue} instead of an element that is not to be taken before
 * the position of another one has been passed, or instead of one that was removed.
 */
final class QueueMark {
  // Written before the mark gets into a place, and never again.
  private @Nullable Object element;
  private int slice;
  private long position;

  /** Makes a mark that is yet to be set. */
  QueueMark() {}

  private QueueMark(int slice, long position) {
    set(null, slice, position);
  }

  /**
   * Sets all of it.
   *
   * @param element the element, null if it was removed
   * @param slice the slice of the position that has to be passed
   * @param position the position, -1 if none
   */
  void set(@Nullable Object element, int slice, long position) {
    this.element = element;
    this.slice = slice;
    this.position = position;
  }

  int slice() {
    return slice;
  }

  long position() {
    return position;
  }

  /** Returns the element that is in a place, or null if there is none. */
  static @Nullable Object element(@Nullable Object content) {
    return content instanceof QueueMark mark ? mark.element : content;
  }

  /** Returns what remains of an element that is removed from its place. */
  static QueueMark removed(Object content) {
    // Those that come after it come after what it comes after, too.
    return content instanceof QueueMark mark
        ? new QueueMark(mark.slice, mark.position)
        : new QueueMark(0, -1);
  }
}
