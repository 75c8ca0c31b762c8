package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a bounded pool promises, held against a {@link ConcurrentLinkedDeque} and against ours. */
class PoolContractTest {
  /** What is pooled; it knows whether somebody has it, and what its owner has last written. */
  static final class Item {
    private final AtomicInteger owners = new AtomicInteger();

    /** Plain: the pool orders it. Each owner makes them equal again before it releases the item. */
    private long left;

    private long right;

    Item own() {
      assertThat(owners.compareAndSet(0, 1)).as("somebody has the item already").isTrue();
      assertThat(left).as("what the last owner has written").isEqualTo(right);
      left++;
      return this;
    }

    void disown() {
      right++;
      assertThat(owners.compareAndSet(1, 0)).isTrue();
    }
  }

  /** What all of them can do. */
  interface Pool extends AutoCloseable {
    /** Returns null if as many are in use as there may be. */
    @Nullable Item acquire();

    void release(Item item);

    int created();

    @Override
    void close();
  }

  /** What people write themselves. */
  private static final class Deque implements Pool {
    private final ConcurrentLinkedDeque<Item> free = new ConcurrentLinkedDeque<>();
    private final AtomicInteger created = new AtomicInteger();
    private final int total;

    Deque(int total) {
      this.total = total;
    }

    @Override
    public @Nullable Item acquire() {
      Item item = free.pollFirst();
      return item == null && created.getAndUpdate(n -> Math.min(n + 1, total)) < total
          ? new Item()
          : item;
    }

    @Override
    public void release(Item item) {
      free.addFirst(item);
    }

    @Override
    public int created() {
      return created.get();
    }

    @Override
    public void close() {
      free.clear();
    }
  }

  private static class Ours implements Pool {
    final PerCpuPool<Item> pool;

    Ours(PerCpuPoolBuilder<Item> builder) {
      pool = builder.perCpu(4).build();
    }

    @Override
    public @Nullable Item acquire() {
      return pool.tryAcquire();
    }

    @Override
    public void release(Item item) {
      pool.release(item);
    }

    @Override
    public int created() {
      return (int) pool.statistics().created();
    }

    @Override
    public void close() {
      pool.close();
    }
  }

  /** Keeps handles in the place of items. */
  private static final class ByHandle extends Ours {
    private final IdentityHashMap<Item, PerCpuPool.Handle<Item>> handles = new IdentityHashMap<>();

    ByHandle(PerCpuPoolBuilder<Item> builder) {
      super(builder);
    }

    @Override
    public @Nullable Item acquire() {
      PerCpuPool.Handle<Item> handle = pool.tryAcquireHandle();
      if (handle == null) {
        return null;
      }
      synchronized (handles) {
        handles.put(handle.item(), handle);
      }
      return handle.item();
    }

    @Override
    public void release(Item item) {
      PerCpuPool.Handle<Item> handle;
      synchronized (handles) {
        handle = Objects.requireNonNull(handles.get(item));
      }
      handle.release();
    }
  }

  static Stream<Named<IntFunction<Pool>>> pools() {
    return Stream.of(
        Named.of("ConcurrentLinkedDeque", Deque::new),
        Named.of("PerCpuPool", total -> new Ours(PerCpuPool.builder(total, Item::new))),
        Named.of("checked", total -> new Ours(PerCpuPool.builder(total, Item::new).checked())),
        Named.of("by handle", total -> new ByHandle(PerCpuPool.builder(total, Item::new))),
        Named.of(
            "by handle, checked",
            total -> new ByHandle(PerCpuPool.builder(total, Item::new).checked())));
  }

  @ParameterizedTest
  @MethodSource("pools")
  void handsOutEachItemOnceUpToTheTotal(IntFunction<Pool> pools) {
    try (Pool pool = pools.apply(20)) {
      for (int round = 0; round < 3; round++) {
        Set<Item> items = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 20; i++) {
          assertThat(items.add(acquire(pool))).as("item %d", i).isTrue();
        }
        assertThat(pool.acquire()).isNull();
        assertThat(pool.created()).isEqualTo(20);
        for (Item item : items) {
          item.disown();
          pool.release(item);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pools")
  void usesItemsAgain(IntFunction<Pool> pools) {
    try (Pool pool = pools.apply(20)) {
      for (int i = 0; i < 100; i++) {
        Item one = acquire(pool);
        Item other = acquire(pool);
        one.disown();
        pool.release(one);
        other.disown();
        pool.release(other);
      }
      // One more if the thread has come to another CPU at a bad moment, where it finds nothing.
      assertThat(pool.created()).isBetween(2, 20);
    }
  }

  private static Item acquire(Pool pool) {
    return Objects.requireNonNull(pool.acquire()).own();
  }

  /** Twelve threads with up to four items each, in a pool that is too small for all of them. */
  @ParameterizedTest
  @MethodSource("pools")
  @Timeout(120)
  void noItemHasTwoOwners(IntFunction<Pool> pools) throws Exception {
    List<List<Item>> held = new ArrayList<>();
    List<Crew.Work> pieces = new ArrayList<>();
    try (Pool pool = pools.apply(30)) {
      for (int id = 0; id < 12; id++) {
        SplittableRandom random = new SplittableRandom(id);
        List<Item> own = new ArrayList<>();
        held.add(own);
        pieces.add(_ -> use(pool, own, random));
      }
      try (Disturber _ = new Disturber()) {
        Crew.work(Duration.ofMillis(333 * Long.getLong("rseq4j.stressSeconds", 3)), pieces);
      }
      assertThat(pool.created()).isBetween(1, 30);
      int free = pool.created() - held.stream().mapToInt(List::size).sum();
      for (int i = 0; i < free; i++) {
        acquire(pool);
      }
    }
  }

  /** Twelve threads with one item at most, in a pool that has one for each of them. */
  @ParameterizedTest
  @MethodSource("pools")
  @Timeout(120)
  void isNeverExhaustedWithAnItemForEachThread(IntFunction<Pool> pools) throws Exception {
    int threads = 12;
    try (Pool pool = pools.apply(threads)) {
      Crew.Work work = _ -> release(pool, acquire(pool));
      try (Disturber _ = new Disturber()) {
        Crew.work(
            Duration.ofMillis(333 * Long.getLong("rseq4j.stressSeconds", 3)),
            Collections.nCopies(threads, work));
      }
      assertThat(pool.created()).isBetween(1, threads);
    }
  }

  private static void use(Pool pool, List<Item> own, SplittableRandom random) {
    if (own.size() < 4 && random.nextBoolean()) {
      Item item = pool.acquire();
      if (item == null) {
        LockSupport.parkNanos(1000);
      } else {
        own.add(item.own());
      }
    } else if (!own.isEmpty()) {
      release(pool, own.remove(random.nextInt(own.size())));
    }
  }

  private static void release(Pool pool, Item item) {
    item.disown();
    pool.release(item);
  }

  @ParameterizedTest
  @MethodSource("pools")
  @Timeout(300)
  void aHundredThousandVirtualThreadsShareIt(IntFunction<Pool> pools) {
    int threads = 100_000;
    int each = 3;
    AtomicInteger done = new AtomicInteger();
    try (Pool pool = pools.apply(64)) {
      try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < threads; i++) {
          executor.execute(
              () -> {
                for (int n = 0; n < each; n++) {
                  Item item = pool.acquire();
                  while (item == null) {
                    LockSupport.parkNanos(1000);
                    item = pool.acquire();
                  }
                  release(pool, item.own());
                  done.incrementAndGet();
                }
              });
        }
      }
      assertThat(done.get()).isEqualTo(threads * each);
      assertThat(pool.created()).isBetween(1, 64);
    }
  }

  @ParameterizedTest
  @MethodSource("pools")
  void refusesNull(IntFunction<Pool> pools) {
    try (Pool pool = pools.apply(1)) {
      assertThatThrownBy(() -> pool.release(nothing())).isInstanceOf(NullPointerException.class);
      assertThat(pool.created()).isZero();
    }
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // that is what is tested
  private static <T> T nothing() {
    return (T) null;
  }
}
