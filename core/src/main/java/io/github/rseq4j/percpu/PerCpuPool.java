package io.github.rseq4j.percpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded pool of objects, of which each CPU keeps some that were released there last.
 *
 * <pre>{@code
 * PerCpuPool<ByteBuffer> pool =
 *     PerCpuPool.builder(1000, () -> ByteBuffer.allocate(8192)).reset(ByteBuffer::clear).build();
 * ByteBuffer buffer = pool.acquire();
 * ...
 * pool.release(buffer);
 * }</pre>
 *
 * <p>An item is acquired from those of the CPU at hand, the last one released first, and released
 * to the CPU at hand, which need not be the same, nor the thread. A CPU that runs short gets a
 * batch from a list that all CPUs share; if that is empty a new item is made, and if there are as
 * many as allowed already, those of another CPU are taken. A CPU that has too many moves a batch to
 * the shared list. What a thread did to an item before it released it is visible to whoever
 * acquires it next.
 *
 * <p>{@link #release} looks the item up to find its number. {@link #acquireHandle} and {@link
 * Handle#release} spare that: the caller keeps the handle, which has the item. Both may be mixed.
 *
 * <p>Releasing an item twice throws {@link IllegalStateException}. It is always noticed when the
 * one release happened before the other and the item was not acquired in between. Two threads that
 * release an item at the same instant may both succeed; the item is then free once too often, and
 * the pool notices at the next acquisition that somebody has it already, unless that falls together
 * with another one of the same item. A {@link PerCpuPoolBuilder#checked() checked} pool always
 * notices, by an atomic operation at each release; and there a handle is good for one release only,
 * so that one released late, when the item has another owner already, is noticed too. An object
 * released late cannot be told from one released by that owner.
 *
 * <p>It takes 24 bytes, and 4 for each item a CPU may keep, for each possible CPU and for one more;
 * and on the heap some 1000, 4 for each item of its total and some 60 for each that exists.
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation<th>touches<th>ordering<th>abort<th>allocates<th>without rseq
 * <tr><td>{@code acquire}<td>this CPU's stack; if that is empty, the shared list<td>acquire<td>starts
 *     again, unnoticed<td>no; a new item; the handle if checked<td>under a lock
 * <tr><td>{@code release}<td>this CPU's stack; if that is full, the shared list<td>release<td>starts
 *     again, unnoticed<td>no<td>under a lock
 * <tr><td>{@code reclaim}<td>the stacks of idle CPUs, the shared list<td>fences and a lock<td>aborts
 *     what is under way there<td>some arrays<td>by the locks
 * <tr><td>{@code trim}, {@code close}<td>every CPU's stack, the shared list<td>fences and a
 *     lock<td>aborts what is under way<td>some arrays<td>by the locks
 * <tr><td>{@code statistics}<td>every CPU's stack<td>a lock<td>-<td>the result<td>the same
 * </table>
 *
 * @param <T> what an item is
 */
public final class PerCpuPool<T> implements AutoCloseable {
  /** The largest total. */
  public static final int MAX_TOTAL = 1 << 24;

  /*
   * The protocol
   *
   * A sequence cannot store a reference, since the collector moves objects. So items are numbered,
   * and what the CPUs stack up are numbers. A number is in one place: a CPU's stack, the shared
   * list, the list of numbers without an item, or the hands of one thread; each move from one to
   * another is a push or pop by one sequence, a drain, or done under the lock of PoolNumbers.
   *
   * A handle says whether its item is free. It becomes so before its number is pushed, and ceases
   * to be so after it was popped: in between nobody but a mistaken release looks at it, and that
   * one is refused. If two releases race in a pool that is not checked, the number may be pushed
   * twice. Then one who pops it finds that the item is not free, and drops the number: what is
   * left is the copy of its owner. Two who pop both copies at the same instant are the one case in
   * which an item has two owners. Checked pools let one of the releases fail by a compare-and-set,
   * so the number is never there twice. They also make a new handle for each acquisition; that of
   * an earlier one stays free for ever, and its release is refused.
   *
   * The lookup of the plain form finds the number only. It is checked against the handle that has
   * the number now, because the item may have been destroyed in the meantime.
   *
   * Plain accesses to handles and their states suffice: whoever has a number has it through the
   * stacks, a lock, or from another thread that had it, and each of these orders them.
   *
   * Closing bars the stacks for ever, so a release that comes later fails to push and destroys its
   * item itself. Hooks are called without a lock: they may use the pool.
   */

  final PerCpuStack stack;
  private final PoolNumbers numbers;
  private final ItemTable table = new ItemTable();
  private final @Nullable Handle<T>[] handles;
  private final Supplier<? extends T> factory;
  private final @Nullable Consumer<? super T> reset;
  private final @Nullable Consumer<? super T> destroy;
  private final boolean checked;

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  PerCpuPool(PerCpuPoolBuilder<T> builder) {
    stack = new PerCpuStack(builder.perCpu);
    numbers = new PoolNumbers(stack, builder.total);
    handles = new @Nullable Handle[builder.total];
    factory = builder.factory;
    reset = builder.reset;
    destroy = builder.destroy;
    checked = builder.checked;
  }

  /**
   * Starts to make a pool.
   *
   * @param total how many items there are at most, 1 to {@value #MAX_TOTAL}
   * @param factory makes an item; never an object that is an item of the pool already
   * @throws IllegalArgumentException if the total is out of range
   */
  public static <T> PerCpuPoolBuilder<T> builder(int total, Supplier<? extends T> factory) {
    return new PerCpuPoolBuilder<>(total, factory);
  }

  /**
   * Acquires an item.
   *
   * @throws NoSuchElementException if there is none, as {@link #tryAcquire} says
   * @throws IllegalStateException if the pool is closed
   */
  public T acquire() {
    return acquireHandle().item;
  }

  /**
   * Acquires an item if there is one.
   *
   * @return null if there are as many as there may be, all in use or being made or destroyed
   * @throws IllegalStateException if the pool is closed
   */
  public @Nullable T tryAcquire() {
    Handle<T> handle = tryAcquireHandle();
    return handle == null ? null : handle.item;
  }

  /** Acquires an item as {@link #acquire} does, by its handle. */
  public Handle<T> acquireHandle() {
    Handle<T> handle = tryAcquireHandle();
    if (handle == null) {
      throw new NoSuchElementException("all %d items are in use".formatted(handles.length));
    }
    return handle;
  }

  /** Acquires an item if there is one as {@link #tryAcquire} does, by its handle. */
  public @Nullable Handle<T> tryAcquireHandle() {
    int number = stack.poll();
    if (number >= 0) {
      Handle<T> handle = own(number);
      if (handle != null) {
        return handle;
      }
      numbers.popped();
    }
    return acquireElsewhere();
  }

  private @Nullable Handle<T> acquireElsewhere() {
    Handle<T> handle = null;
    while (handle == null) {
      int number = numbers.take();
      if (number < 0) {
        return number == PoolNumbers.EXHAUSTED ? null : create(~number);
      }
      handle = own(number);
    }
    return handle;
  }

  /** Makes the caller the owner of the item of a number that was taken; null if it has one. */
  private @Nullable Handle<T> own(int number) {
    Handle<T> handle = handles[number];
    if (handle == null || handle.state != Handle.FREE) {
      return null;
    }
    if (checked) {
      try {
        handle = new Handle<>(this, number, handle.item);
      } catch (Throwable e) {
        putBack(handle); // or it would be lost
        throw e;
      }
      handles[number] = handle;
    } else {
      handle.state = Handle.OWNED;
    }
    return handle;
  }

  private Handle<T> create(int number) {
    Handle<T> handle;
    try {
      T item = Objects.requireNonNull(factory.get(), "the factory returned null");
      handle = new Handle<>(this, number, item);
      if (!table.add(item, number)) {
        throw new IllegalStateException("the factory returned an item of the pool: " + item);
      }
      handles[number] = handle;
    } catch (Throwable e) {
      numbers.unused(number, false);
      throw e;
    }
    if (!numbers.created()) {
      destroy(handle);
      throw new IllegalStateException("the pool was closed meanwhile");
    }
    return handle;
  }

  /**
   * Releases an item. If the pool is closed, the item is destroyed.
   *
   * <p>If the hook that resets items throws, that is thrown on, and the item is destroyed.
   *
   * @throws IllegalArgumentException if the object is not an item of this pool
   * @throws IllegalStateException if the item was released already
   */
  @SuppressWarnings("ReferenceEquality") // items are told apart by their identity
  public void release(T item) {
    int number = table.find(Objects.requireNonNull(item, "item"));
    Handle<T> handle = number < 0 ? null : handles[number];
    if (handle == null || handle.item != item) {
      throw new IllegalArgumentException("not an item of this pool: " + item);
    }
    release(handle);
  }

  private void release(Handle<T> handle) {
    if (!handle.disown()) {
      throw new IllegalStateException("released already: " + handle.item);
    }
    if (reset != null) {
      reset(handle, reset);
    }
    putBack(handle);
  }

  private void putBack(Handle<T> free) {
    if (stack.offer(free.number) != StackSequences.PUSHED && !numbers.giveBack(free.number)) {
      destroy(free);
    }
  }

  private void reset(Handle<T> handle, Consumer<? super T> hook) {
    try {
      hook.accept(handle.item);
    } catch (Throwable e) {
      try {
        destroy(handle);
      } catch (Throwable again) {
        Failures.suppress(again, e);
      }
      throw e;
    }
  }

  /** Destroys an item that is free, once. Its number is used again only when all is done. */
  private void destroy(Handle<T> handle) {
    if (!table.remove(handle.item)) {
      return; // of two releases that raced, the other one has done it
    }
    handles[handle.number] = null;
    try {
      if (destroy != null) {
        destroy.accept(handle.item);
      }
    } finally {
      numbers.unused(handle.number, true);
    }
  }

  /** Destroys all items of numbers that were taken, and returns how many they are. */
  private int destroyAll(int[] taken) {
    int count = 0;
    Throwable failure = null;
    for (int number : taken) {
      Handle<T> handle = handles[number];
      if (handle != null && handle.state == Handle.FREE) {
        count++;
        try {
          destroy(handle);
        } catch (Throwable e) {
          failure = Failures.suppress(e, failure);
        }
      }
    }
    Failures.rethrow(failure);
    return count;
  }

  /**
   * Moves the items of CPUs on which none was acquired or released since the last call to the
   * shared list, where the other CPUs find them.
   *
   * @return how many
   * @throws IllegalStateException if the pool is closed, or the process has been denied {@code
   *     membarrier} since it started
   */
  public int reclaim() {
    return numbers.reclaim();
  }

  /**
   * Destroys all items that are free. If the hook fails, the first exception is thrown on once all
   * are destroyed, with the others as suppressed ones.
   *
   * @return how many
   * @throws IllegalStateException as {@link #reclaim}
   */
  public int trim() {
    return destroyAll(numbers.takeFree());
  }

  /**
   * Ends acquiring, and destroys all items that are free, as {@link #trim} does. Those in use are
   * destroyed when they are released. Closing again does nothing.
   *
   * @throws IllegalStateException if the process has been denied {@code membarrier} since it
   *     started; nothing is closed
   */
  @Override
  public void close() {
    destroyAll(numbers.close());
  }

  /** Returns what was done so far; no snapshot if the pool is used meanwhile. */
  public PerCpuPoolStatistics statistics() {
    return numbers.statistics();
  }

  /** Returns the bounds and the statistics. */
  @Override
  public String toString() {
    return "PerCpuPool[total %d, %d a CPU, %s]"
        .formatted(handles.length, stack.capacity(), statistics());
  }

  /**
   * An item of a pool, and where it belongs.
   *
   * @param <T> what the item is
   */
  public static final class Handle<T> {
    private static final int FREE = 0;
    private static final int OWNED = 1;
    private static final VarHandle STATE;

    static {
      try {
        STATE = MethodHandles.lookup().findVarHandle(Handle.class, "state", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private final PerCpuPool<T> pool;
    private final int number;
    private final T item;
    private int state = OWNED;

    private Handle(PerCpuPool<T> pool, int number, T item) {
      this.pool = pool;
      this.number = number;
      this.item = item;
    }

    /** Makes an item free; returns false if it is already. */
    private boolean disown() {
      if (pool.checked) {
        return STATE.compareAndSet(this, OWNED, FREE);
      }
      boolean owned = state == OWNED;
      if (owned) {
        state = FREE;
      }
      return owned;
    }

    /** Returns the item, which is the caller's until the handle is released. */
    public T item() {
      return item;
    }

    /**
     * Releases the item; see {@link PerCpuPool#release(Object)}.
     *
     * @throws IllegalStateException if it was released already
     */
    public void release() {
      pool.release(this);
    }
  }
}
