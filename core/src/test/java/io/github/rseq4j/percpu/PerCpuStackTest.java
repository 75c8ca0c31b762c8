package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stack promises, held against an {@link ArrayDeque} under a lock and against ours. */
class PerCpuStackTest {
  /** What both can do. */
  interface Stack {
    boolean push(int index);

    /** Returns the index, or -1. */
    int pop();

    /** Takes all indices. */
    int[] drain();
  }

  private static final class Locked implements Stack {
    private final ArrayDeque<Integer> indices = new ArrayDeque<>();
    private final int capacity;

    Locked(int capacity) {
      this.capacity = capacity;
    }

    @Override
    public synchronized boolean push(int index) {
      return indices.size() < capacity && indices.offerLast(index);
    }

    @Override
    public synchronized int pop() {
      return Objects.requireNonNullElse(indices.pollLast(), -1);
    }

    @Override
    public synchronized int[] drain() {
      int[] all = indices.stream().mapToInt(Integer::intValue).toArray();
      indices.clear();
      return all;
    }
  }

  private record PerCpu(PerCpuStack stack) implements Stack {
    @Override
    public boolean push(int index) {
      return stack.push(index);
    }

    @Override
    public int pop() {
      return stack.pop();
    }

    @Override
    public int[] drain() {
      return drainAll(stack);
    }
  }

  static Stream<Named<IntFunction<Stack>>> stacks() {
    return Stream.of(
        Named.of("ArrayDeque", Locked::new),
        Named.of("PerCpuStack", capacity -> new PerCpu(new PerCpuStack(capacity))));
  }

  private static int[] drainAll(PerCpuStack stack) {
    return IntStream.range(0, stack.stacks())
        .mapToObj(stack::drain)
        .flatMapToInt(Arrays::stream)
        .toArray();
  }

  /** Runs a test on a thread that stays on one CPU, and so on one stack. */
  private static void onOneCpu(Runnable test) {
    CompletableFuture.runAsync(
            () -> {
              Threads.setAffinity(0, CpuSet.of(CpuSet.allowed().ids().nextSetBit(0)));
              test.run();
            },
            Thread.ofPlatform()::start)
        .join();
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void theLastOneInIsTheFirstOneOut(IntFunction<Stack> stacks) {
    onOneCpu(
        () -> {
          Stack stack = stacks.apply(3);
          assertThat(stack.pop()).isEqualTo(-1);
          assertThat(stack.push(0)).isTrue();
          assertThat(stack.push(Integer.MAX_VALUE)).isTrue();
          assertThat(stack.push(7)).isTrue();
          assertThat(stack.push(8)).as("full").isFalse();
          assertThat(stack.pop()).isEqualTo(7);
          assertThat(stack.push(9)).isTrue();
          assertThat(stack.pop()).isEqualTo(9);
          assertThat(stack.pop()).isEqualTo(Integer.MAX_VALUE);
          assertThat(stack.pop()).isZero();
          assertThat(stack.pop()).isEqualTo(-1);
        });
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void aDrainTakesAllInTheirOrder(IntFunction<Stack> stacks) {
    onOneCpu(
        () -> {
          Stack stack = stacks.apply(4);
          assertThat(stack.drain()).isEmpty();
          for (int index : new int[] {5, 3, 9}) {
            stack.push(index);
          }
          assertThat(stack.drain()).containsExactly(5, 3, 9);
          assertThat(stack.pop()).isEqualTo(-1);
          assertThat(stack.push(2)).isTrue();
          assertThat(stack.pop()).isEqualTo(2);
        });
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void agreesWithADequeForRandomOperations(IntFunction<Stack> stacks) {
    onOneCpu(
        () -> {
          Stack stack = stacks.apply(17);
          Locked expected = new Locked(17);
          SplittableRandom random = new SplittableRandom(17);
          for (int i = 0; i < 20_000; i++) {
            int index = random.nextInt() & Integer.MAX_VALUE;
            switch (random.nextInt(20)) {
              case 0 -> assertThat(stack.drain()).isEqualTo(expected.drain());
              case 1, 2, 3, 4, 5, 6, 7, 8, 9 -> assertThat(stack.pop()).isEqualTo(expected.pop());
              default -> assertThat(stack.push(index)).isEqualTo(expected.push(index));
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, PerCpuStack.MAX_CAPACITY})
  void holdsItsCapacity(int capacity) {
    onOneCpu(
        () -> {
          PerCpuStack stack = new PerCpuStack(capacity);
          for (int i = 0; i < capacity; i++) {
            assertThat(stack.push(i)).isTrue();
          }
          assertThat(stack.push(capacity)).isFalse();
          assertThat(stack.size()).isEqualTo(stack.capacity()).isEqualTo(capacity);
          assertThat(stack.popped()).isZero();
          for (int i = capacity - 1; i >= 0; i--) {
            assertThat(stack.pop()).isEqualTo(i);
          }
          assertThat(stack.pop()).isEqualTo(PerCpuStack.EMPTY);
          assertThat(stack.popped()).isEqualTo(capacity);
        });
  }

  @Test
  void describesItself() {
    PerCpuStack stack = new PerCpuStack(4);
    stack.push(1);
    assertThat(stack)
        .hasToString("PerCpuStack[1 indices, %d stacks of up to 4]".formatted(stack.stacks()));
  }

  @Test
  void onceClosedItCanOnlyBeDrained() {
    PerCpuStack stack = new PerCpuStack(4);
    stack.push(1);
    stack.close();
    stack.close();
    assertThatThrownBy(() -> stack.push(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(stack::pop)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(stack.size()).isEqualTo(1);
    assertThat(drainAll(stack)).containsExactly(1);
    assertThatThrownBy(stack::pop).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE})
  void refusesIndicesBelowZero(int index) {
    PerCpuStack stack = new PerCpuStack(4);
    assertThatThrownBy(() -> stack.push(index))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Integer.toString(index));
    assertThat(stack.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, PerCpuStack.MAX_CAPACITY + 1, Integer.MAX_VALUE})
  void refusesCapacitiesOutOfRange(int capacity) {
    assertThatThrownBy(() -> new PerCpuStack(capacity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            Integer.toString(capacity), Integer.toString(PerCpuStack.MAX_CAPACITY));
  }

  @Test
  void refusesStacksOutOfRange() {
    PerCpuStack stack = new PerCpuStack(4);
    for (int number : new int[] {-1, stack.stacks(), Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> stack.drain(number)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> stack.size(number)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  /** Twelve threads push and pop, one drains: each index is in one place or one hand, always. */
  @ParameterizedTest
  @MethodSource("stacks")
  @Timeout(120)
  void noIndexIsEverInTwoHands(IntFunction<Stack> stacks) throws Exception {
    int threads = 12;
    int each = 16;
    Stack stack = stacks.apply(20);
    AtomicIntegerArray hands = new AtomicIntegerArray(threads * each);
    List<List<Integer>> held = new ArrayList<>();
    List<Crew.Work> pieces = new ArrayList<>();
    for (int id = 0; id < threads; id++) {
      List<Integer> own = new ArrayList<>();
      IntStream.range(id * each, (id + 1) * each).forEach(own::add);
      own.forEach(index -> hands.set(index, 1));
      held.add(own);
      boolean drains = id == 0;
      SplittableRandom random = new SplittableRandom(id);
      pieces.add(_ -> use(stack, hands, own, random, drains));
    }
    try (Disturber _ = new Disturber()) {
      Crew.work(Duration.ofMillis(500 * Long.getLong("rseq4j.stressSeconds", 3)), pieces);
    }
    IntStream.Builder found = IntStream.builder();
    held.forEach(own -> own.forEach(found::add));
    assertThat(IntStream.concat(Arrays.stream(stack.drain()), found.build()).sorted())
        .containsExactlyElementsOf(IntStream.range(0, threads * each).boxed().toList());
  }

  private static void use(
      Stack stack,
      AtomicIntegerArray hands,
      List<Integer> own,
      SplittableRandom random,
      boolean drains) {
    if (drains && random.nextInt(50) == 0) {
      for (int index : stack.drain()) {
        take(hands, own, index);
      }
    } else if (!own.isEmpty() && random.nextBoolean()) {
      int index = own.removeLast();
      assertThat(hands.compareAndSet(index, 1, 0)).as("had %d", index).isTrue();
      if (!stack.push(index)) {
        take(hands, own, index);
      }
    } else {
      int index = stack.pop();
      if (index >= 0) {
        take(hands, own, index);
      }
    }
  }

  private static void take(AtomicIntegerArray hands, List<Integer> own, int index) {
    assertThat(hands.compareAndSet(index, 0, 1)).as("index %d in two hands", index).isTrue();
    own.add(index);
  }

  /** When close has returned, what threads have pushed stays, and nothing else comes. */
  @Test
  @Timeout(60)
  void closesUnderUse() throws Exception {
    for (int round = 0; round < 20; round++) {
      PerCpuStack stack = new PerCpuStack(8);
      List<Thread> threads = new ArrayList<>();
      for (int id = 0; id < 4; id++) {
        int index = id;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        while (stack.push(index)) {
                          assertThat(stack.pop()).isNotEqualTo(PerCpuStack.CLOSED);
                        }
                      } catch (IllegalStateException closed) {
                        assertThat(closed).hasMessageContaining("closed");
                      }
                    }));
      }
      Thread.sleep(2);
      stack.close();
      int size = stack.size();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(drainAll(stack)).hasSize(size);
    }
  }

  @Test
  void takesFourBytesForEachIndexAndCpuThatUsesIt() throws Exception {
    assumeTrue(Rseq.availability().active(), "threads are not told apart by CPU");
    RegionPages.assumeSmall();
    int[] cpus = CpuSet.allowed().ids().stream().toArray();
    PerCpuStack stack = new PerCpuStack(PerCpuStack.MAX_CAPACITY);
    for (int cpu : cpus) {
      CompletableFuture.runAsync(() -> fill(stack, cpu), Thread.ofPlatform()::start).join();
    }
    // Before the sizes of all stacks are looked at, which makes pages of those that nobody used.
    long pages = (16 + 4L * stack.capacity() + RegionPages.BYTES - 1) / RegionPages.BYTES;
    assertThat(RegionPages.present(stack.region())).isEqualTo(pages * cpus.length);
    assertThat(stack.size()).isEqualTo(cpus.length * stack.capacity());
  }

  private static void fill(PerCpuStack stack, int cpu) {
    assertThat(Threads.setAffinity(0, CpuSet.of(cpu))).isZero();
    for (int i = 0; i < stack.capacity(); i++) {
      stack.push(i);
    }
  }
}
