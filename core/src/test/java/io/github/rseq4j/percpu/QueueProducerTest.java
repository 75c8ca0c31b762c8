package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order of a producer's elements while it is moved between slices. */
@Timeout(60)
class QueueProducerTest {
  private static final int CAPACITY = 64;
  private static final int COUNT = 20;

  private final PerCpuQueue<Integer> queue = new PerCpuQueue<>(CAPACITY);

  /** Runs something on other CPUs in turn or, where slices go by thread, on other threads. */
  private static void moving(int rounds, Runnable round) {
    int[] cpus = CpuSet.allowed().ids().stream().toArray();
    if (!Rseq.availability().active()) {
      for (int i = 0; i < rounds; i++) {
        CompletableFuture.runAsync(round, Thread.ofPlatform()::start).join();
      }
      return;
    }
    CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < rounds; i++) {
                Threads.setAffinity(0, CpuSet.of(cpus[i % cpus.length]));
                round.run();
              }
            },
            Thread.ofPlatform()::start)
        .join();
  }

  private int marks() {
    int marks = 0;
    for (int slice = 0; slice < queue.parts.slices(); slice++) {
      long tail = queue.parts.tail(slice);
      for (long position = queue.parts.head(slice); position < tail; position++) {
        marks += queue.parts.content(slice, position) instanceof QueueMark ? 1 : 0;
      }
    }
    return marks;
  }

  private void offerMoving() {
    PerCpuQueue.Producer<Integer> producer = queue.producer();
    int[] next = {0};
    moving(COUNT, () -> assertThat(producer.offer(next[0]++)).isTrue());
  }

  private static List<Integer> inOrder() {
    return IntStream.range(0, COUNT).boxed().toList();
  }

  @Test
  void elementsAreTakenInTheOrderOfTheirOffers() {
    int marks = 0;
    for (int round = 0; round < 50; round++) {
      offerMoving();
      marks += marks();
      List<Integer> taken = new ArrayList<>();
      queue.drain(taken::add, Integer.MAX_VALUE);
      assertThat(taken).isEqualTo(inOrder());
      assertThat(queue.size()).isZero();
    }
    assumeTrue(CpuSet.allowed().count() > 1, "one CPU only: nowhere to move to");
    assertThat(marks).as("offers on another slice than the last one").isPositive();
  }

  @Test
  void waitingElementsAreShownAndRemovedAsOthersAre() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 50; round++) {
      offerMoving();
      assertThat(queue).containsExactlyInAnyOrderElementsOf(inOrder());
      assertThat(queue.size()).isEqualTo(COUNT);
      assertThat(queue.peek()).isZero();
      Set<Integer> removed = new HashSet<>();
      for (int i = 0; i < COUNT / 2; i++) {
        int any = random.nextInt(COUNT);
        assertThat(queue.remove((Object) any)).isEqualTo(removed.add(any));
      }
      List<Integer> taken = new ArrayList<>();
      queue.drain(taken::add, Integer.MAX_VALUE);
      List<Integer> left = new ArrayList<>(inOrder());
      left.removeAll(removed);
      assertThat(taken).isEqualTo(left);
      assertThat(queue.size()).isZero();
    }
  }

  @Test
  void ordersOfSeveralProducersAreKeptSideBySide() {
    List<PerCpuQueue.Producer<Integer>> producers =
        List.of(queue.producer(), queue.producer(), queue.producer());
    int[] next = {0};
    for (int round = 0; round < 20; round++) {
      moving(
          COUNT,
          () -> {
            int element = next[0]++;
            assertThat(producers.get(element % 3).offer(element)).isTrue();
          });
      List<Integer> taken = new ArrayList<>();
      queue.drain(taken::add, Integer.MAX_VALUE);
      assertThat(taken).hasSize(COUNT);
      for (int i = 0; i < 3; i++) {
        int producer = i;
        assertThat(taken.stream().filter(each -> each % 3 == producer)).isSorted();
      }
    }
  }

  @Test
  void aFullPartRefusesAndKeepsTheOrder() {
    PerCpuQueue.Producer<Integer> producer = queue.producer();
    List<Integer> offered = new ArrayList<>();
    int[] next = {0};
    moving(
        50,
        () -> {
          while (producer.offer(next[0])) {
            offered.add(next[0]++);
          }
        });
    assertThat(offered).hasSizeGreaterThanOrEqualTo(CAPACITY);
    List<Integer> taken = new ArrayList<>();
    queue.drain(taken::add, Integer.MAX_VALUE);
    assertThat(taken).isEqualTo(offered);
  }

  @Test
  @SuppressWarnings("NullAway") // null is what is tested
  void refusesNull() {
    PerCpuQueue.Producer<Integer> producer = queue.producer();
    assertThatThrownBy(() -> producer.offer(null)).isInstanceOf(NullPointerException.class);
    assertThat(queue.size()).isZero();
    assertThat(producer.offer(1)).isTrue();
    assertThat(queue.poll()).isEqualTo(1);
  }
}
