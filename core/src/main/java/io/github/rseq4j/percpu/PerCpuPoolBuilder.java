package io.github.rseq4j.percpu;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link PerCpuPool}.
 *
 * @param <T> what an item is
 */
public final class PerCpuPoolBuilder<T> {
  /** How many free items a CPU keeps at most if nothing else is said. */
  public static final int DEFAULT_PER_CPU = 32;

  final int total;
  final Supplier<? extends T> factory;
  int perCpu = DEFAULT_PER_CPU;
  @Nullable Consumer<? super T> reset;
  @Nullable Consumer<? super T> destroy;
  boolean checked;

  PerCpuPoolBuilder(int total, Supplier<? extends T> factory) {
    if (total < 1 || total > PerCpuPool.MAX_TOTAL) {
      throw new IllegalArgumentException(
          "total %d is not in 1..%d".formatted(total, PerCpuPool.MAX_TOTAL));
    }
    this.total = total;
    this.factory = Objects.requireNonNull(factory, "factory");
  }

  /**
   * Sets how many free items a CPU keeps at most; {@value #DEFAULT_PER_CPU} if not set.
   *
   * @param items 1 to {@value PerCpuStack#MAX_CAPACITY}
   * @throws IllegalArgumentException if the number is out of range
   */
  public PerCpuPoolBuilder<T> perCpu(int items) {
    if (items < 1 || items > PerCpuStack.MAX_CAPACITY) {
      throw new IllegalArgumentException(
          "%d items a CPU are not in 1..%d".formatted(items, PerCpuStack.MAX_CAPACITY));
    }
    perCpu = items;
    return this;
  }

  /** Sets what is done to each item when it is released. */
  public PerCpuPoolBuilder<T> reset(Consumer<? super T> hook) {
    reset = Objects.requireNonNull(hook, "hook");
    return this;
  }

  /** Sets what is done to each item that leaves the pool for good. */
  public PerCpuPoolBuilder<T> destroy(Consumer<? super T> hook) {
    destroy = Objects.requireNonNull(hook, "hook");
    return this;
  }

  /** Has every double release noticed, for an atomic operation at each release. */
  public PerCpuPoolBuilder<T> checked() {
    checked = true;
    return this;
  }

  /**
   * Makes the pool, without items.
   *
   * @throws OutOfMemoryError if there is not enough address space
   */
  public PerCpuPool<T> build() {
    return new PerCpuPool<>(this);
  }
}
