package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.ClassLayout;

/**
 * What several objects promise of which a thread uses any one, held against semaphores and ours.
 */
@Timeout(60)
class PerCpuTest {
  private static final int STRIPES = 2;

  /** What both can do. */
  interface Objects<T> {
    <R> R with(Function<T, R> function);

    void forEach(Consumer<T> action);
  }

  private record Ours<T>(PerCpu<T> objects) implements Objects<T> {
    @Override
    public <R> R with(Function<T, R> function) {
      return objects.with(function);
    }

    @Override
    public void forEach(Consumer<T> action) {
      objects.forEach(action);
    }
  }

  /** A thread's number selects the object. */
  private static final class Striped<T> implements Objects<T> {
    private final Supplier<T> factory;
    private final Map<Integer, T> objects = new HashMap<>();
    private final List<Semaphore> owned =
        Stream.generate(() -> new Semaphore(1)).limit(STRIPES).toList();

    Striped(Supplier<T> factory) {
      this.factory = factory;
    }

    @Override
    public <R> R with(Function<T, R> function) {
      int stripe = (int) (Thread.currentThread().threadId() % STRIPES);
      owned.get(stripe).acquireUninterruptibly();
      try {
        T object;
        synchronized (objects) {
          object = objects.computeIfAbsent(stripe, _ -> factory.get());
        }
        return function.apply(object);
      } finally {
        owned.get(stripe).release();
      }
    }

    @Override
    public void forEach(Consumer<T> action) {
      for (int stripe = 0; stripe < STRIPES; stripe++) {
        owned.get(stripe).acquireUninterruptibly();
        try {
          T object;
          synchronized (objects) {
            object = objects.get(stripe);
          }
          if (object != null) {
            action.accept(object);
          }
        } finally {
          owned.get(stripe).release();
        }
      }
    }
  }

  interface Maker {
    <T> Objects<T> make(Supplier<T> factory);
  }

  private static final class OurMaker implements Maker {
    @Override
    public <T> Objects<T> make(Supplier<T> factory) {
      return new Ours<>(PerCpu.withInitial(factory));
    }
  }

  private static final class StripedMaker implements Maker {
    @Override
    public <T> Objects<T> make(Supplier<T> factory) {
      return new Striped<>(factory);
    }
  }

  static Stream<Named<Maker>> makers() {
    return Stream.of(
        Named.of("semaphores", new StripedMaker()), Named.of("PerCpu", new OurMaker()));
  }

  @ParameterizedTest
  @MethodSource("makers")
  void anObjectIsMadeWhenItIsNeededAndKept(Maker maker) {
    AtomicInteger made = new AtomicInteger();
    Objects<StringBuilder> texts =
        maker.make(
            () -> {
              made.incrementAndGet();
              return new StringBuilder();
            });
    texts.forEach(_ -> made.addAndGet(100));
    assertThat(made).hasValue(0);
    for (int i = 0; i < 10; i++) {
      assertThat((int) texts.with(text -> text.append('x').length())).isPositive();
    }
    List<String> all = new ArrayList<>();
    texts.forEach(text -> all.add(text.toString()));
    assertThat(String.join("", all)).isEqualTo("x".repeat(10));
    assertThat(all).hasSize(made.get());
  }

  @ParameterizedTest
  @MethodSource("makers")
  void whatIsThrownPassesOnAndTheObjectIsFree(Maker maker) {
    AtomicInteger tries = new AtomicInteger();
    Objects<int[]> objects =
        maker.make(
            () -> {
              if (tries.getAndIncrement() == 0) {
                throw new IllegalStateException("first");
              }
              return new int[1];
            });
    assertThatThrownBy(() -> objects.with(object -> object[0]++)).hasMessage("first");
    assertThatThrownBy(
            () ->
                objects.with(
                    _ -> {
                      throw new IllegalStateException("second");
                    }))
        .hasMessage("second");
    assertThatThrownBy(
            () ->
                objects.forEach(
                    _ -> {
                      throw new IllegalStateException("third");
                    }))
        .hasMessage("third");
    assertThat((int) objects.with(object -> ++object[0])).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("makers")
  void eachIsOwnedByOneThreadAtATime(Maker maker) throws Exception {
    Objects<Map<Integer, Integer>> tables = maker.make(HashMap::new);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      Runnable task =
          () -> {
            for (int i = 0; i < 20_000; i++) {
              int key = i % 100;
              tables.with(table -> table.merge(key, 1, Integer::sum));
            }
          };
      threads.add(t % 2 == 0 ? Thread.ofPlatform().start(task) : Thread.ofVirtual().start(task));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Map<Integer, Integer> sums = new HashMap<>();
    tables.forEach(table -> table.forEach((key, count) -> sums.merge(key, count, Integer::sum)));
    assertThat(sums).hasSize(100);
    assertThat(sums.values()).containsOnly(1600);
  }

  @ParameterizedTest
  @MethodSource("makers")
  void virtualThreadsMaySleepWithAnObject(Maker maker) throws Exception {
    Objects<int[]> objects = maker.make(() -> new int[1]);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      threads.add(Thread.ofVirtual().start(() -> objects.with(PerCpuTest::addSlowly)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    AtomicInteger sum = new AtomicInteger();
    objects.forEach(object -> sum.addAndGet(object[0]));
    assertThat(sum).hasValue(100);
  }

  private static int addSlowly(int[] object) {
    int before = object[0];
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    object[0] = before + 1;
    return before;
  }

  private static <R> R on(int cpu, Supplier<R> action) {
    return CompletableFuture.supplyAsync(
            () -> {
              move(cpu);
              return action.get();
            },
            task -> Thread.ofPlatform().start(task))
        .join();
  }

  private static void move(int cpu) {
    assertThat(Threads.setAffinity(0, CpuSet.of(cpu))).isZero();
  }

  @Test
  void theOwnerMayMoveAndTheObjectStaysThatOfItsCpu() {
    assumeTrue(Rseq.availability().active(), "threads are not told apart by CPU");
    assumeTrue(CpuSet.allowed().count() >= 2, "one CPU only");
    int one = CpuSet.allowed().ids().nextSetBit(0);
    int other = CpuSet.allowed().ids().nextSetBit(one + 1);
    PerCpu<List<Integer>> objects = PerCpu.withInitial(ArrayList::new);
    List<Integer> moved =
        on(
            one,
            () -> {
              try (PerCpu.Slot<List<Integer>> slot = objects.checkout()) {
                move(other);
                slot.get().add(1);
                assertThat(on(one, () -> objects.tryCheckout() == null)).isTrue();
                List<Integer> others = on(other, () -> objects.<List<Integer>>with(List::copyOf));
                assertThat(others).isEmpty();
                return slot.get();
              }
            });
    assertThat(on(one, () -> objects.<Object>with(object -> object))).isSameAs(moved);
    assertThat(on(other, () -> objects.<Object>with(object -> object))).isNotSameAs(moved);
  }

  @Test
  void onlyTheOwnerGetsItAndChecksItIn() {
    PerCpu<int[]> objects = PerCpu.withInitial(() -> new int[1]);
    PerCpu.Slot<int[]> slot = objects.checkout();
    slot.get()[0] = 1;
    Consumer<Runnable> refused =
        action ->
            assertThatThrownBy(action::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not checked out");
    CompletableFuture.runAsync(() -> refused.accept(slot::close)).join();
    CompletableFuture.runAsync(() -> refused.accept(slot::get)).join();
    assertThat(slot.get()).containsExactly(1);
    slot.close();
    refused.accept(slot::close);
    refused.accept(slot::get);
    assertThat(objects.toString()).isEqualTo("PerCpu[1 made, owned by PerCpuLock[]]");
  }

  @Test
  void aThreadDoesNotWaitForItself() {
    PerCpu<int[]> objects = PerCpu.withInitial(() -> new int[1]);
    String shown =
        on(
            CpuSet.allowed().ids().nextSetBit(0),
            () -> {
              try (PerCpu.Slot<int[]> slot = objects.checkout()) {
                assertThat(objects.tryCheckout()).isNull();
                assertThatThrownBy(objects::checkout)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("wait for itself");
                assertThatThrownBy(() -> objects.forEach(_ -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("wait for itself");
                assertThat(slot.get()).containsExactly(0);
                return objects.toString();
              }
            });
    assertThat(shown).startsWith("PerCpu[1 made, owned by PerCpuLock[").contains(": #");
  }

  @Test
  @SuppressWarnings("NullAway") // on purpose
  void refusesNull() {
    assertThatThrownBy(() -> PerCpu.withInitial(null)).isInstanceOf(NullPointerException.class);
    PerCpu<Object> objects = PerCpu.withInitial(Object::new);
    assertThatThrownBy(() -> objects.with(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> objects.use(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> objects.forEach(null)).isInstanceOf(NullPointerException.class);
    assertThat(objects).hasToString("PerCpu[0 made, owned by PerCpuLock[]]");

    Supplier<@Nullable Object> nothing = () -> null;
    PerCpu<Object> empty = PerCpu.withInitial(nothing);
    assertThatThrownBy(empty::checkout)
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("factory");
    assertThatThrownBy(empty::tryCheckout).isInstanceOf(NullPointerException.class);
    assertThat(empty).hasToString("PerCpu[0 made, owned by PerCpuLock[]]");
  }

  @Test
  @Timeout(600) // the layout comes from another process
  void takesSomeFortyBytesOfTheHeapForEachCpu() {
    int slot = (int) ClassLayout.parseClass(PerCpu.Slot.class).instanceSize();
    int inListOfSlots = 2 * Integer.BYTES;
    int inPerCpuLock = Integer.BYTES;
    assertThat(slot + inListOfSlots + inPerCpuLock).isLessThanOrEqualTo(44);
  }
}
