package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PerCpuCountersTest {
  @Test
  void countsById() {
    PerCpuCounters counters = new PerCpuCounters(3);
    counters.increment(0);
    counters.add(2, 41);
    counters.add(2, -1);
    assertThat(counters.size()).isEqualTo(3);
    assertThat(counters.sum(0)).isEqualTo(1);
    assertThat(counters.sum(1)).isZero();
    assertThat(counters.sum(2)).isEqualTo(40);
    long[] sums = new long[3];
    counters.sums(sums);
    assertThat(sums).containsExactly(1, 0, 40);
    assertThat(counters).hasToString("{0=1, 1=0, 2=40}");
  }

  @Test
  void namesAreOptional() {
    PerCpuCounters counters = new PerCpuCounters(List.of("hits", "misses"));
    counters.increment(counters.id("misses"));
    assertThat(counters.name(1)).isEqualTo("misses");
    assertThat(counters).hasToString("{hits=0, misses=1}");
    assertThatThrownBy(() -> counters.id("hitz"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hitz");
    assertThatThrownBy(() -> new PerCpuCounters(List.of("a", "b", "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"a\"");
    assertThat(new PerCpuCounters(2).name(1)).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 3, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void refusesIdsOutOfRangeAndAddsNothing(int id) {
    PerCpuCounters counters = new PerCpuCounters(3);
    assertThatThrownBy(() -> counters.add(id, 1))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContainingAll(Integer.toString(id), "3");
    assertThatThrownBy(() -> counters.increment(id)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> counters.sum(id)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> counters.name(id)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(counters).hasToString("{0=0, 1=0, 2=0}");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, PerCpuCounters.MAX_SIZE + 1})
  void refusesSizesOutOfRange(int size) {
    assertThatThrownBy(() -> new PerCpuCounters(size))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(Integer.toString(size), Integer.toString(PerCpuCounters.MAX_SIZE));
  }

  @Test
  void refusesAnArrayOfAnotherLength() {
    PerCpuCounters counters = new PerCpuCounters(3);
    long[] sums = {7, 7};
    assertThatThrownBy(() -> counters.sums(sums))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("2", "3");
    assertThat(sums).containsExactly(7, 7);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 511, 512, 513, 5000})
  void agreesWithAnAtomicArrayUnderManyThreads(int size) throws Exception {
    PerCpuCounters counters = new PerCpuCounters(size);
    AtomicLongArray expected = new AtomicLongArray(size);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      SplittableRandom random = new SplittableRandom(t);
      Runnable task =
          () -> {
            for (int i = 0; i < 10_000; i++) {
              int id = random.nextInt(size);
              long delta = random.nextLong();
              counters.add(id, delta);
              expected.addAndGet(id, delta);
            }
          };
      threads.add(t % 2 == 0 ? Thread.ofPlatform().start(task) : Thread.ofVirtual().start(task));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    long[] sums = new long[size];
    counters.sums(sums);
    for (int id = 0; id < size; id++) {
      assertThat(sums[id]).as("counter %d", id).isEqualTo(expected.get(id));
    }
  }

  @Test
  void takesEightBytesForEachCounterAndCpuThatUsesIt() throws Exception {
    assumeTrue(Rseq.availability().active(), "threads are not told apart by CPU");
    int size = 1 << 17;
    int[] cpus = CpuSet.allowed().ids().stream().toArray();
    PerCpuCounters counters = new PerCpuCounters(size);
    for (int cpu : cpus) {
      CompletableFuture.runAsync(() -> addToAll(counters, size, cpu), Thread.ofPlatform()::start)
          .join();
    }
    // Before they are summed up, which makes pages of what nobody has used. Some pages are huge.
    long pages = 8L * size / RegionPages.BYTES;
    assertThat(RegionPages.present(counters.region()))
        .as("pages of %d counters on %d CPUs", size, cpus.length)
        .isBetween(pages * cpus.length, pages * counters.region().slices());
    long[] sums = new long[size];
    counters.sums(sums);
    assertThat(sums).containsOnly(cpus.length);
  }

  private static void addToAll(PerCpuCounters counters, int size, int cpu) {
    assertThat(Threads.setAffinity(0, CpuSet.of(cpu))).isZero();
    for (int id = 0; id < size; id++) {
      counters.increment(id);
    }
  }
}
