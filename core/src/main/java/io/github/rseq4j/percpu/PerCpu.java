package io.github.rseq4j.percpu;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An object for each CPU, made when it is first needed. A thread checks out that of the CPU it runs
 * on, owns it wherever it then runs, and checks it in.
 *
 * <pre>{@code
 * static final PerCpu<StringBuilder> TEXTS = PerCpu.withInitial(StringBuilder::new);
 *
 * try (PerCpu.Slot<StringBuilder> slot = TEXTS.checkout()) {
 *   slot.get().append(line).append('\n');
 * }
 * }</pre>
 *
 * <p>It is for state that is no number, such as a buffer, a random generator, a table of counts.
 * One thread at a time owns an object, and sees what its owners before have done to it. It must not
 * use it any more once it is checked in; if it ends without that, the object is lost to all others.
 *
 * <p>It takes 128 bytes for each possible CPU and for one more, in whole pages, and some 40 bytes
 * for each of them on the heap, beside the objects.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code checkout}, {@code tryCheckout}, {@code with}, {@code use}<td>this CPU's
 *     object<td>acquire<td>starts again, unnoticed<td>the object, once; some dozen bytes to
 *     wait<td>under a lock
 * <tr><td>{@code Slot.get}<td>the object<td>-<td>-<td>no<td>the same
 * <tr><td>{@code Slot.close}<td>the object<td>release<td>-<td>no<td>the same
 * <tr><td>{@code forEach}<td>every object<td>acquire, a fence and release for each<td>aborts those
 *     who are about to check it out<td>some dozen bytes<td>by the locks
 * </table>
 *
 * @param <T> what the objects are
 */
public final class PerCpu<T> {
  /*
   * Each slot is guarded by the lock of its CPU: `object` is read and written by who holds it, from
   * the time it is made. So the next owner sees what the last one did, for the reasons that
   * PerCpuLock gives; and so does forEach, which takes the locks from wherever it runs. It looks
   * before whether there is an object at all, without the lock: one that somebody checked in before
   * is seen, another one may be.
   *
   * The word of the lock says who owns the object: only its owner writes its number there, and only
   * its owner takes it away. So a thread that asks whether it owns one always gets the right answer.
   */

  private final Supplier<? extends T> factory;
  private final PerCpuLock locks = new PerCpuLock();
  private final List<Slot<T>> slots;

  private PerCpu(Supplier<? extends T> factory) {
    this.factory = Objects.requireNonNull(factory, "factory");
    this.slots =
        IntStream.range(0, locks.size()).mapToObj(number -> new Slot<T>(locks, number)).toList();
  }

  /**
   * Makes slots without objects.
   *
   * @param factory makes an object, never null, whenever one is checked out and there is none for
   *     that CPU; it must not use what is made here
   */
  public static <T> PerCpu<T> withInitial(Supplier<? extends T> factory) {
    return new PerCpu<>(factory);
  }

  /**
   * Checks out the object of the CPU that the calling thread then runs on, waiting until there is
   * one that nobody owns. An interrupt does not end the wait.
   *
   * <p>A thread that owns one already gets another CPU's if it has moved there and nobody else owns
   * that.
   *
   * @throws IllegalStateException if the thread owns one already and would have to wait
   * @throws NullPointerException if the factory returns null; as with all that it throws, nothing
   *     is checked out
   */
  public Slot<T> checkout() {
    int number = locks.tryLock();
    if (number < 0) {
      requireNoneOwned();
      number = locks.lock();
    }
    return filled(number);
  }

  /**
   * Checks out the object of the CPU that the calling thread runs on.
   *
   * @return null if somebody owns it
   * @throws NullPointerException as {@link #checkout}
   */
  public @Nullable Slot<T> tryCheckout() {
    int number = locks.tryLock();
    return number < 0 ? null : filled(number);
  }

  /**
   * Applies a function to an object that is checked out meanwhile, and returns its result.
   *
   * @throws IllegalStateException as {@link #checkout}
   */
  public <R extends @Nullable Object> R with(Function<? super T, ? extends R> function) {
    Objects.requireNonNull(function, "function");
    try (Slot<T> slot = checkout()) {
      return function.apply(slot.get());
    }
  }

  /**
   * Performs an action on an object that is checked out meanwhile.
   *
   * @throws IllegalStateException as {@link #checkout}
   */
  public void use(Consumer<? super T> action) {
    Objects.requireNonNull(action, "action");
    try (Slot<T> slot = checkout()) {
      action.accept(slot.get());
    }
  }

  /**
   * Performs an action on each object that has been made, one after another: it is checked out
   * meanwhile, as soon as nobody owns it. If the action throws, that is thrown on.
   *
   * @throws IllegalStateException if the thread owns an object, or the process has been denied
   *     {@code membarrier} since it started
   */
  public void forEach(Consumer<? super T> action) {
    Objects.requireNonNull(action, "action");
    requireNoneOwned();
    for (Slot<T> slot : slots) {
      if (slot.object != null) {
        locks.lock(slot.number);
        try (slot) {
          action.accept(slot.get());
        }
      }
    }
  }

  /** Returns how many objects have been made, and who owns which, as {@link PerCpuLock} does. */
  @Override
  public String toString() {
    long made = slots.stream().filter(slot -> slot.object != null).count();
    return "PerCpu[%d made, owned by %s]".formatted(made, locks);
  }

  private Slot<T> filled(int number) {
    Slot<T> slot = slots.get(number);
    if (slot.object == null) {
      fill(slot);
    }
    return slot;
  }

  private void fill(Slot<T> slot) {
    try {
      slot.object = Objects.requireNonNull(factory.get(), "the factory returned null");
    } finally {
      if (slot.object == null) {
        slot.close();
      }
    }
  }

  private void requireNoneOwned() {
    for (Slot<T> slot : slots) {
      if (slot.isOwned()) {
        throw new IllegalStateException(
            "this thread would wait for itself: it owns the object of CPU %d"
                .formatted(slot.number));
      }
    }
  }

  /**
   * The place of one CPU's object, which the thread that has checked it out gets and gives back.
   *
   * @param <T> what the object is
   */
  public static final class Slot<T> implements AutoCloseable {
    private final PerCpuLock locks;
    private final int number;
    private @Nullable T object;

    private Slot(PerCpuLock locks, int number) {
      this.locks = locks;
      this.number = number;
    }

    /**
     * Returns the object.
     *
     * @throws IllegalStateException if the calling thread has not checked it out
     */
    public T get() {
      requireOwned();
      return Objects.requireNonNull(object);
    }

    /**
     * Checks the object in.
     *
     * @throws IllegalStateException if the calling thread has not checked it out, or has checked it
     *     in already
     */
    @Override
    public void close() {
      requireOwned();
      locks.unlock(number);
    }

    private boolean isOwned() {
      return locks.holder(number) == Thread.currentThread().threadId();
    }

    private void requireOwned() {
      if (!isOwned()) {
        throw new IllegalStateException(
            "the object of CPU %d is not checked out by this thread".formatted(number));
      }
    }
  }
}
