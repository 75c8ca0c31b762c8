package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is peculiar to {@link PerCpuPool}. */
class PerCpuPoolTest {
  private final List<Object> destroyed = Collections.synchronizedList(new ArrayList<>());

  private static PerCpuPoolBuilder<Object> builder(int total) {
    return PerCpuPool.builder(total, Object::new);
  }

  private static void onCpu(int cpu, Runnable task) {
    CompletableFuture.runAsync(
            () -> {
              Threads.setAffinity(0, CpuSet.of(cpu));
              task.run();
            },
            Thread.ofPlatform()::start)
        .join();
  }

  private static int home() {
    return CpuSet.allowed().ids().nextSetBit(0);
  }

  private static List<Object> acquire(PerCpuPool<Object> pool, int count) {
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(pool.acquire());
    }
    return items;
  }

  @Test
  void theLastItemReleasedIsTheFirstOneAcquired() {
    onCpu(
        home(),
        () -> {
          PerCpuPool<Object> pool = builder(10).build();
          List<Object> items = acquire(pool, 3);
          items.forEach(pool::release);
          assertThat(acquire(pool, 3)).isEqualTo(items.reversed());
          assertThat(pool.statistics()).isEqualTo(new PerCpuPoolStatistics(3, 3, 0, 3, 0));
        });
  }

  @Test
  void whatACpuHasTooManyOfGoesToTheSharedListAndComesBack() {
    onCpu(
        home(),
        () -> {
          PerCpuPool<Object> pool = builder(10).perCpu(4).build();
          List<Object> items = acquire(pool, 10);
          items.forEach(pool::release);
          // The fifth, the seventh and the ninth find the stack full, and move two each.
          assertThat(pool.statistics()).isEqualTo(new PerCpuPoolStatistics(0, 10, 6, 10, 0));
          assertThat(acquire(pool, 10)).containsExactlyInAnyOrderElementsOf(items);
          // Of the last six every second one brings another along.
          assertThat(pool.statistics()).isEqualTo(new PerCpuPoolStatistics(7, 13, 12, 10, 0));
        });
  }

  @Test
  void whatOtherCpusHaveIsFoundBeforeThePoolIsExhausted() {
    PerCpuPool<Object> pool = builder(8).build();
    for (int cpu : CpuSet.allowed().ids().stream().toArray()) {
      onCpu(cpu, () -> acquire(pool, 8).forEach(pool::release));
    }
    onCpu(home(), () -> assertThat(acquire(pool, 8)).doesNotHaveDuplicates());
    assertThatThrownBy(pool::acquire)
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("all 8 items");
    assertThatThrownBy(pool::acquireHandle).isInstanceOf(NoSuchElementException.class);
    assertThat(pool.tryAcquire()).isNull();
    assertThat(pool.tryAcquireHandle()).isNull();
    assertThat(pool.statistics().created()).isEqualTo(8);
  }

  @Test
  void itemsOfIdleCpusAreReclaimed() {
    int[] cpus = CpuSet.allowed().ids().stream().toArray();
    assumeTrue(Rseq.availability().active() && cpus.length > 1, "there is one CPU to be idle");
    PerCpuPool<Object> pool = builder(8).destroy(destroyed::add).build();
    onCpu(cpus[0], () -> acquire(pool, 4).forEach(pool::release));
    onCpu(cpus[1], () -> acquire(pool, 4).forEach(pool::release));
    assertThat(pool.reclaim()).as("both were in use").isZero();
    onCpu(cpus[1], () -> pool.release(pool.acquire()));
    assertThat(pool.reclaim()).as("the first is idle").isEqualTo(4);
    assertThat(pool.reclaim()).as("and now the second").isEqualTo(4);
    assertThat(pool.reclaim()).isZero();
    assertThat(pool.trim()).isEqualTo(8);
    assertThat(destroyed).hasSize(8).doesNotHaveDuplicates();
    assertThat(acquire(pool, 8)).doesNotContainAnyElementsOf(destroyed);
    assertThat(pool.trim()).isZero();
    assertThat(pool.statistics().created()).isEqualTo(16);
    assertThat(pool.statistics().destroyed()).isEqualTo(8);
  }

  /** Acquiring what had to be made again pops nothing, so the counts are as before. */
  @Test
  void itemsUsedAfterATrimAreNotIdle() {
    onCpu(
        home(),
        () -> {
          PerCpuPool<Object> pool = builder(8).build();
          acquire(pool, 4).forEach(pool::release);
          assertThat(pool.reclaim()).isZero();
          assertThat(pool.trim()).isEqualTo(4);
          acquire(pool, 4).forEach(pool::release);
          assertThat(pool.reclaim()).as("they were in use").isZero();
          assertThat(pool.reclaim()).as("now they are idle").isEqualTo(4);
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSecondReleaseIsRefused(boolean checked) {
    PerCpuPool<Object> pool = checked ? builder(10).checked().build() : builder(10).build();
    Object item = pool.acquire();
    pool.release(item);
    assertThatThrownBy(() -> pool.release(item))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("released already: " + item);
    PerCpuPool.Handle<Object> handle = pool.acquireHandle();
    handle.release();
    assertThatThrownBy(handle::release).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pool.release(handle.item())).isInstanceOf(IllegalStateException.class);
    assertThat(acquire(pool, 10)).doesNotHaveDuplicates();
  }

  @Test
  void aHandleOfACheckedPoolIsGoodForOneRelease() {
    PerCpuPool<Object> pool = builder(1).checked().build();
    PerCpuPool.Handle<Object> early = pool.acquireHandle();
    early.release();
    PerCpuPool.Handle<Object> late = pool.acquireHandle();
    assertThat(late.item()).isSameAs(early.item());
    assertThatThrownBy(early::release).isInstanceOf(IllegalStateException.class);
    assertThat(pool.tryAcquire()).as("the item is in use").isNull();
    pool.release(late.item());
  }

  @Test
  @Timeout(60)
  void ofTwoReleasesThatRaceACheckedPoolRefusesOne() throws Exception {
    PerCpuPool<Object> pool = builder(100).checked().build();
    int rounds = 2000;
    AtomicInteger refused = new AtomicInteger();
    AtomicReference<Object> item = new AtomicReference<>(pool.acquire());
    CyclicBarrier barrier = new CyclicBarrier(2, () -> item.set(pool.acquire()));
    Runnable release =
        () -> {
          for (int i = 0; i < rounds; i++) {
            try {
              barrier.await();
              pool.release(item.get());
            } catch (IllegalStateException e) {
              refused.incrementAndGet();
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }
        };
    Thread other = Thread.ofPlatform().start(release);
    release.run();
    other.join();
    assertThat(refused.get()).isEqualTo(rounds);
    assertThat(acquire(pool, 99)).doesNotHaveDuplicates();
    assertThat(pool.tryAcquire()).as("one was never released").isNull();
  }

  @Test
  void refusesWhatIsNotOfThePool() {
    PerCpuPool<Object> pool = builder(10).build();
    PerCpuPool<Object> other = builder(10).build();
    Object item = other.acquire();
    assertThatThrownBy(() -> pool.release(item))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(item.toString());
    Object trimmed = pool.acquire();
    pool.release(trimmed);
    assertThat(pool.trim()).isEqualTo(1);
    assertThatThrownBy(() -> pool.release(trimmed)).isInstanceOf(IllegalArgumentException.class);
    Object next = pool.acquire();
    assertThatThrownBy(() -> pool.release(trimmed)).isInstanceOf(IllegalArgumentException.class);
    pool.release(next);
    other.release(item);
  }

  @Test
  void refusesNull() {
    PerCpuPoolBuilder<Object> builder = builder(1);
    assertThatThrownBy(() -> PerCpuPool.builder(1, nothing()))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("factory");
    assertThatThrownBy(() -> builder.reset(nothing()))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("hook");
    assertThatThrownBy(() -> builder.destroy(nothing()))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("hook");
    PerCpuPool<Object> pool = builder.build();
    pool.release(pool.acquire());
    assertThat(pool.trim()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, PerCpuPool.MAX_TOTAL + 1, Integer.MAX_VALUE})
  void refusesTotalsOutOfRange(int total) {
    assertThatThrownBy(() -> builder(total))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(Integer.toString(total), Integer.toString(PerCpuPool.MAX_TOTAL));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, PerCpuStack.MAX_CAPACITY + 1, Integer.MAX_VALUE})
  void refusesBoundsOfACpuOutOfRange(int items) {
    PerCpuPoolBuilder<Object> builder = builder(10);
    assertThatThrownBy(() -> builder.perCpu(items))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            Integer.toString(items), Integer.toString(PerCpuStack.MAX_CAPACITY));
  }

  @Test
  void afterCloseNothingIsAcquiredAndWhatIsReleasedIsDestroyed() {
    PerCpuPool<Object> pool = builder(10).perCpu(2).destroy(destroyed::add).build();
    List<Object> items = acquire(pool, 6);
    items.subList(0, 5).forEach(pool::release);
    PerCpuPool.Handle<Object> handle = pool.acquireHandle();
    pool.close();
    assertThat(destroyed).hasSize(4);
    assertThatThrownBy(pool::acquire)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(pool::tryAcquire).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(pool::reclaim).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(pool::trim).isInstanceOf(IllegalStateException.class);
    handle.release();
    pool.release(items.get(5));
    pool.close();
    assertThat(destroyed).containsExactlyInAnyOrderElementsOf(items);
    assertThatThrownBy(handle::release).isInstanceOf(IllegalStateException.class);
    assertThat(pool.statistics().destroyed()).isEqualTo(6);
  }

  @Test
  void aFactoryThatFailsCostsNothing() {
    AtomicInteger calls = new AtomicInteger();
    Object first = new Object();
    PerCpuPool<Object> pool =
        PerCpuPool.builder(
                2,
                () ->
                    switch (calls.getAndIncrement()) {
                      case 0, 3 -> first;
                      case 1 -> throw new ArithmeticException();
                      case 2 -> PerCpuPoolTest.nothing();
                      default -> new Object();
                    })
            .build();
    assertThat(pool.acquire()).isSameAs(first);
    assertThatThrownBy(pool::acquire).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(pool::acquire).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(pool::acquire)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("factory");
    Object second = pool.acquire();
    assertThat(pool.tryAcquire()).isNull();
    pool.release(first);
    pool.release(second);
    assertThat(pool.statistics().created()).isEqualTo(2);
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // that is what is tested
  private static <T> T nothing() {
    return (T) null;
  }

  @Test
  void anItemThatCannotBeResetIsDestroyed() {
    ArithmeticException failure = new ArithmeticException();
    List<Object> reset = new ArrayList<>();
    PerCpuPool<Object> pool =
        builder(1)
            .destroy(destroyed::add)
            .reset(
                item -> {
                  reset.add(item);
                  if (reset.size() == 2) {
                    throw failure;
                  }
                })
            .build();
    Object item = pool.acquire();
    pool.release(item);
    assertThat(pool.acquire()).isSameAs(item);
    assertThatThrownBy(() -> pool.release(item)).isSameAs(failure);
    assertThat(reset).containsExactly(item, item);
    assertThat(destroyed).containsExactly(item);
    Object other = pool.acquire();
    assertThat(other).isNotSameAs(item);
    pool.release(other);
  }

  @Test
  void itemsThatCannotBeDestroyedAreGoneAllTheSame() {
    PerCpuPool<Integer> pool =
        PerCpuPool.builder(3, new AtomicInteger(1000)::incrementAndGet)
            .destroy(
                item -> {
                  throw new ArithmeticException("item " + item);
                })
            .build();
    for (int round = 0; round < 2; round++) {
      List<Integer> items = List.of(pool.acquire(), pool.acquire(), pool.acquire());
      items.forEach(pool::release);
      assertThatThrownBy(pool::trim)
          .isInstanceOf(ArithmeticException.class)
          .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
    }
    pool.release(pool.acquire());
    assertThatThrownBy(pool::close).hasMessage("item 1007");
    pool.close();
    assertThat(pool.statistics().destroyed()).isEqualTo(7);
  }

  @Test
  void hooksMayUseThePool() {
    AtomicReference<PerCpuPool<Object>> self = new AtomicReference<>();
    PerCpuPool<Object> pool =
        builder(10).destroy(_ -> self.get().release(self.get().acquire())).build();
    self.set(pool);
    acquire(pool, 3).forEach(pool::release);
    assertThat(pool.trim()).isEqualTo(3);
    assertThat(pool.statistics().created()).isBetween(4L, 6L);
  }

  /** Each item that was made is destroyed once, whatever is under way when the pool is closed. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(60)
  void closesUnderUse(boolean checked) throws Exception {
    for (int round = 0; round < 20; round++) {
      destroyed.clear();
      AtomicInteger made = new AtomicInteger();
      PerCpuPoolBuilder<Integer> builder =
          PerCpuPool.builder(12, made::incrementAndGet).perCpu(2).destroy(destroyed::add);
      PerCpuPool<Integer> pool = checked ? builder.checked().build() : builder.build();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      List<Thread> threads =
          IntStream.range(0, 4)
              .mapToObj(_ -> Thread.ofPlatform().start(() -> useUntilClosed(pool, failure)))
              .toList();
      Thread.sleep(2);
      pool.trim();
      pool.reclaim();
      pool.close();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failure.get()).isNull();
      assertThat(destroyed).hasSize(made.get()).doesNotHaveDuplicates();
      assertThat(pool.statistics().created()).isEqualTo(made.get());
      assertThat(pool.statistics().destroyed()).isEqualTo(made.get());
    }
  }

  private static void useUntilClosed(PerCpuPool<Integer> pool, AtomicReference<Throwable> failure) {
    List<Integer> own = new ArrayList<>();
    try {
      while (true) {
        for (int i = 0; i < 3; i++) {
          Integer item = pool.tryAcquire();
          if (item != null) {
            own.add(item);
          }
        }
        while (!own.isEmpty()) {
          pool.release(own.removeLast());
        }
      }
    } catch (IllegalStateException closed) {
      own.forEach(pool::release);
      if (!String.valueOf(closed.getMessage()).contains("closed")) {
        failure.set(closed);
      }
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  @Test
  void countsHitsAndMissesOfManyThreads() throws Exception {
    PerCpuPool<Object> pool = builder(100).perCpu(4).build();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 6; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 1000; i++) {
                      acquire(pool, 7).forEach(pool::release);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    PerCpuPoolStatistics statistics = pool.statistics();
    assertThat(statistics.hits() + statistics.misses()).isEqualTo(6 * 1000 * 7);
    assertThat(statistics.created()).isBetween(1L, 100L);
    assertThat(pool).asString().contains("total 100", "4 a CPU", statistics.toString());
  }
}
