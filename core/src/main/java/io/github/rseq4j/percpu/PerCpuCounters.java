package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.ref.Reference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A bank of 64-bit counters, numbered from 0, with one cell each for each CPU, to which threads add
 * without atomic instructions.
 *
 * <p>It takes 8 bytes for each counter and possible CPU and for one more CPU, of which a page
 * becomes memory when it is first touched.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code add}, {@code increment}<td>this CPU's cell<td>a plain store<td>starts again,
 *     unnoticed<td>no<td>under a lock
 * <tr><td>{@code sum}, {@code sums}<td>every CPU's cells<td>acquire<td>-<td>no<td>the same
 * </table>
 *
 * <p>A sum is no snapshot: additions made while it is being formed may be in it or not. One that
 * happened before is.
 */
public final class PerCpuCounters {
  /** The most counters a bank may have. */
  public static final int MAX_SIZE = 1 << 27;

  private final int size;
  private final List<String> names;
  private final Map<String, Integer> ids;
  private final Region region;

  /**
   * Makes a bank of counters without names.
   *
   * @param size how many, 1 to {@value #MAX_SIZE}
   * @throws IllegalArgumentException if the size is out of range
   * @throws OutOfMemoryError if there is not enough address space
   */
  public PerCpuCounters(int size) {
    this(size, List.of());
  }

  /**
   * Makes a bank of one counter for each name, numbered in their order.
   *
   * @param names the names, all different
   * @throws IllegalArgumentException if there is none, or one occurs twice
   */
  public PerCpuCounters(List<String> names) {
    List<String> own = List.copyOf(names);
    this(own.size(), own);
  }

  private PerCpuCounters(int size, List<String> own) {
    if (size < 1 || size > MAX_SIZE) {
      throw new IllegalArgumentException("size %d is not in 1..%d".formatted(size, MAX_SIZE));
    }
    this.size = size;
    this.names = own;
    this.ids = new HashMap<>();
    for (int id = 0; id < names.size(); id++) {
      Integer other = ids.put(names.get(id), id);
      if (other != null) {
        throw new IllegalArgumentException(
            "counters %d and %d are both named \"%s\"".formatted(other, id, names.get(id)));
      }
    }
    this.region = Region.allocate(CounterLayout.sliceBytes(size), CounterLayout.ADD);
  }

  /** Returns how many counters there are. */
  public int size() {
    return size;
  }

  /**
   * Returns the number of a named counter.
   *
   * @throws IllegalArgumentException if there is no such name
   */
  public int id(String name) {
    Integer id = ids.get(Objects.requireNonNull(name, "name"));
    if (id == null) {
      throw new IllegalArgumentException("no counter is named \"%s\"".formatted(name));
    }
    return id;
  }

  /**
   * Returns the name of a counter; of a bank without names, its number.
   *
   * @throws IndexOutOfBoundsException if {@code id} is not in 0..size-1
   */
  public String name(int id) {
    Objects.checkIndex(id, size);
    return names.isEmpty() ? Integer.toString(id) : names.get(id);
  }

  /**
   * Adds to a counter.
   *
   * @throws IndexOutOfBoundsException if {@code id} is not in 0..size-1; nothing is added
   */
  public void add(int id, long delta) {
    try {
      CounterLayout.add(region, CounterLayout.offset(Objects.checkIndex(id, size)), delta);
    } finally {
      Reference.reachabilityFence(this); // or the region might be unmapped by now
    }
  }

  /**
   * Adds 1 to a counter.
   *
   * @throws IndexOutOfBoundsException if {@code id} is not in 0..size-1; nothing is added
   */
  public void increment(int id) {
    add(id, 1);
  }

  /**
   * Returns the sum of a counter.
   *
   * @throws IndexOutOfBoundsException if {@code id} is not in 0..size-1
   */
  public long sum(int id) {
    return region.sum(CounterLayout.offset(Objects.checkIndex(id, size)));
  }

  /**
   * Puts the sums of all counters into an array.
   *
   * @param sums as long as there are counters
   * @throws IllegalArgumentException if it is not; nothing is written
   */
  public void sums(long[] sums) {
    if (sums.length != size) {
      throw new IllegalArgumentException(
          "array of %d for %d counters".formatted(sums.length, size));
    }
    for (int id = 0; id < size; id++) {
      sums[id] = region.sum(CounterLayout.offset(id));
    }
  }

  /** Returns the memory. */
  Region region() {
    return region;
  }

  /** Returns the sums by name. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int id = 0; id < size; id++) {
      text.append(id == 0 ? "" : ", ").append(name(id)).append('=').append(sum(id));
    }
    return text.append('}').toString();
  }
}
