package io.github.rseq4j.percpu;

import java.util.Arrays;

/** A stack of numbers that grows; for one thread at a time. */
final class IntStack {
  private static final int FIRST_CAPACITY = 16;

  private int[] numbers = new int[FIRST_CAPACITY];
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Makes room, so that pushing as many numbers takes no more memory. */
  void reserve(int more) {
    if (more > numbers.length - size) {
      numbers = Arrays.copyOf(numbers, Math.max(2 * numbers.length, size + more));
    }
  }

  void push(int number) {
    reserve(1);
    numbers[size++] = number;
  }

  void pushAll(int[] more) {
    reserve(more.length);
    System.arraycopy(more, 0, numbers, size, more.length);
    size += more.length;
  }

  /** Pops the number that was pushed last, of at least one. */
  int pop() {
    return numbers[--size];
  }

  /** Takes all numbers. */
  int[] popAll() {
    int[] all = Arrays.copyOf(numbers, size);
    size = 0;
    return all;
  }
}
