package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PerCpuQueueTest {
  private static final int CAPACITY = 64;

  private final PerCpuQueue<Integer> queue = new PerCpuQueue<>(CAPACITY);

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "3,4", "1000,1024", "1024,1024", "268435456,268435456"})
  void roundsItsCapacityUp(int asked, int rounded) {
    assertThat(new PerCpuQueue<>(asked).capacity()).isEqualTo(rounded);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, PerCpuQueue.MAX_CAPACITY + 1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void refusesUnusableCapacities(int capacity) {
    assertThatThrownBy(() -> new PerCpuQueue<>(capacity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            Integer.toString(capacity), Integer.toString(PerCpuQueue.MAX_CAPACITY));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 64})
  void takesItsCapacityAndNotMoreThanThatOnEachCpu(int capacity) {
    PerCpuQueue<Integer> small = new PerCpuQueue<>(capacity);
    for (int round = 0; round < 5; round++) {
      int count = 0;
      while (small.offer(count)) {
        count++;
      }
      assertThat(count).isGreaterThanOrEqualTo(capacity);
      assertThat(small.size()).isEqualTo(count);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  small.add(-1);
                }
              })
          .isInstanceOf(IllegalStateException.class);
      small.removeIf(each -> each == -1);
      List<Integer> taken = new ArrayList<>();
      assertThat(small.drain(taken::add, Integer.MAX_VALUE)).isEqualTo(count);
      assertThat(taken)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, count).boxed().toList());
      assertThat(small.offer(0)).isTrue();
      assertThat(small.poll()).isZero();
    }
  }

  /** What was offered, by the slice it came to. */
  private List<List<Integer>> offerWithSlices(int count) {
    List<List<Integer>> bySlice = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long claim = queue.parts.claim();
      if (QueueLayout.isClaim(claim)) {
        queue.fill(claim, i);
        int slice = QueueLayout.slice(claim);
        while (bySlice.size() <= slice) {
          bySlice.add(new ArrayList<>());
        }
        bySlice.get(slice).add(i);
      }
    }
    return bySlice;
  }

  @Test
  void keepsTheOrderOfEachCpu() {
    for (int round = 0; round < 1000; round++) {
      List<List<Integer>> offered = offerWithSlices(CAPACITY / 2);
      List<Integer> taken = new ArrayList<>();
      queue.drain(taken::add, Integer.MAX_VALUE);
      offered.removeIf(List::isEmpty);
      for (List<Integer> ofSlice : offered) {
        assertThat(taken).containsSubsequence(ofSlice);
      }
      assertThat(taken).hasSize(CAPACITY / 2);
    }
  }

  @Test
  void drainsUpToTheLimit() {
    for (int i = 0; i < 10; i++) {
      queue.add(i);
    }
    List<Integer> taken = new ArrayList<>();
    assertThat(queue.drain(taken::add, 4)).isEqualTo(4);
    assertThat(queue.size()).isEqualTo(6);
    assertThat(queue.drain(taken::add, 100)).isEqualTo(6);
    assertThat(queue.drain(taken::add, 100)).isZero();
    assertThat(taken).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 10).boxed().toList());
  }

  @Test
  void aConsumerThatThrowsLosesNoOtherElement() {
    for (int i = 0; i < 5; i++) {
      queue.add(i);
    }
    List<Integer> taken = new ArrayList<>();
    assertThatThrownBy(
            () ->
                queue.drain(
                    each -> {
                      taken.add(each);
                      if (taken.size() == 2) {
                        throw new IllegalStateException("consumer");
                      }
                    },
                    10))
        .hasMessage("consumer");
    assertThat(queue.drain(taken::add, 10)).isEqualTo(3);
    assertThat(taken).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
  }

  @Test
  void aConsumerMayOffer() {
    queue.add(3);
    List<Integer> taken = new ArrayList<>();
    int count =
        queue.drain(
            each -> {
              taken.add(each);
              if (each > 0) {
                queue.add(each - 1);
              }
            },
            10);
    assertThat(count).isEqualTo(4);
    assertThat(taken).containsExactly(3, 2, 1, 0);
  }

  @Test
  void onlyOneTakesAtATime() {
    queue.add(1);
    queue.add(2);
    int taken =
        queue.drain(
            _ -> {
              assertThatThrownBy(queue::poll)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("one thread at a time");
              assertThatThrownBy(queue::peek).isInstanceOf(IllegalStateException.class);
              assertThatThrownBy(queue::clear).isInstanceOf(IllegalStateException.class);
              assertThatThrownBy(() -> queue.remove((Object) 2))
                  .isInstanceOf(IllegalStateException.class);
              assertThatThrownBy(() -> queue.drain(each -> {}, 1))
                  .isInstanceOf(IllegalStateException.class);
            },
            1);
    assertThat(taken).isEqualTo(1);
    assertThat(queue.poll()).isNotNull();
    assertThat(queue.poll()).isNull();
  }

  @Test
  @SuppressWarnings("NullAway") // null is what is tested
  void refusesBadDrains() {
    queue.add(1);
    assertThatThrownBy(() -> queue.drain(null, 1)).isInstanceOf(NullPointerException.class);
    for (int limit : new int[] {0, -1}) {
      assertThatThrownBy(() -> queue.drain(each -> {}, limit))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Integer.toString(limit));
    }
    assertThat(queue.poll()).isEqualTo(1);
  }

  @Test
  void elementsOfOneCpuDoNotKeepOthersOut() {
    for (int i = 0; i < CAPACITY; i++) {
      queue.offer(i);
    }
    // Each thread that is there at a time has another number; without rseq the slice goes by
    // thread.
    for (int i = 1; i <= 20; i++) {
      int element = -i;
      CompletableFuture.runAsync(() -> queue.offer(element), Thread.ofPlatform()::start).join();
    }
    List<Integer> taken = new ArrayList<>();
    int before = queue.size();
    for (int i = 0; i < 10 * CAPACITY; i++) {
      int next = Objects.requireNonNull(queue.poll());
      taken.add(next);
      queue.offer(next);
    }
    assertThat(taken.stream().distinct()).hasSize(before);
  }

  /** Claims two places of one slice, of which the first is not filled. */
  private long[] twoClaims() {
    for (int tries = 0; tries < 1000; tries++) {
      long[] claims = {queue.parts.claim(), queue.parts.claim()};
      if (QueueLayout.slice(claims[0]) == QueueLayout.slice(claims[1])) {
        return claims;
      }
      queue.fill(claims[0], 0);
      queue.fill(claims[1], 0);
      queue.clear();
    }
    throw new AssertionError("always on another CPU");
  }

  @Test
  void waitsForAClaimOnlyIfSomethingIsBehindIt() throws Exception {
    long[] claims = twoClaims();
    assertThat(queue.poll()).isNull();
    assertThat(queue.peek()).isNull();
    assertThat(queue.size()).isEqualTo(2);
    assertThat(queue.iterator().hasNext()).isFalse();
    queue.fill(claims[1], 2);
    assertThat(queue).containsExactly(2);
    CompletableFuture<Integer> polled =
        CompletableFuture.supplyAsync(queue::poll, Thread.ofPlatform()::start);
    Thread.sleep(20);
    assertThat(polled).isNotDone();
    queue.fill(claims[0], 1);
    assertThat(polled.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(queue.poll()).isEqualTo(2);
  }

  @Test
  void removedElementsGiveTheirPlacesBack() {
    for (int round = 0; round < 100; round++) {
      int count = 0;
      while (queue.offer(count)) {
        count++;
      }
      assertThat(queue.removeIf(each -> each % 3 != 0)).isTrue();
      List<Integer> left = queue.stream().sorted().toList();
      assertThat(left).hasSize((count + 2) / 3).allMatch(each -> each % 3 == 0);
      assertThat(queue.size()).isEqualTo(left.size());
      List<Integer> taken = new ArrayList<>();
      queue.drain(taken::add, Integer.MAX_VALUE);
      assertThat(taken).containsExactlyInAnyOrderElementsOf(left);
      assertThat(queue.size()).isZero();
    }
  }

  @Test
  void anIteratorDoesNotRemoveWhatWasTaken() {
    queue.add(1);
    var iterator = queue.iterator();
    Integer met = iterator.next();
    assertThat(queue.poll()).isSameAs(met);
    queue.add(2);
    iterator.remove();
    assertThat(queue.poll()).isEqualTo(2);
    assertThat(queue.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void aPollThatDoesNotWaitLeavesProducersAlone(long timeout) throws Exception {
    assertThat(queue.asBlockingQueue().poll(timeout, TimeUnit.NANOSECONDS)).isNull();
    assertThat(QueueLayout.isAwaited(queue.parts.claim())).isFalse();
  }

  @Test
  void whatAnIteratorRemovesIsGone() {
    for (int round = 0; round < 100; round++) {
      PerCpuQueue<Integer> small = new PerCpuQueue<>(2);
      small.addAll(List.of(0, 1));
      var iterator = small.iterator();
      small.clear();
      // Into the places of the first two, unless the thread comes to another CPU.
      small.addAll(List.of(2, 3));
      List<Integer> left = new ArrayList<>(List.of(2, 3));
      while (iterator.hasNext()) {
        left.remove((Object) iterator.next());
        iterator.remove();
      }
      assertThat(small).containsExactlyInAnyOrderElementsOf(left);
    }
  }

  @Test
  void aDroppedQueueIsCollectedWithItsElements() throws Exception {
    List<WeakReference<Object>> dropped = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      dropped.add(new WeakReference<>(elementOfADroppedQueue()));
    }
    for (int i = 0; i < 100 && dropped.stream().anyMatch(each -> each.get() != null); i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(dropped).allMatch(each -> each.get() == null);
  }

  private static Object elementOfADroppedQueue() {
    Object element = new Object();
    PerCpuQueue<Object> queue = new PerCpuQueue<>(CAPACITY);
    assertThat(queue.offer(element)).isTrue();
    return element;
  }

  @Test
  void whatWasTakenIsNotKept() throws Exception {
    PerCpuQueue<Object> objects = new PerCpuQueue<>(CAPACITY);
    objects.add(new Object());
    WeakReference<Object> taken = new WeakReference<>(Objects.requireNonNull(objects.poll()));
    for (int i = 0; i < 100 && taken.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(taken.get()).isNull();
    assertThat(objects).isEmpty();
  }
}
