package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a {@link Queue} without nulls promises, held against the JDK's own and against ours.
 *
 * <p>The test's thread may be moved at any time, so of ours it can rely on no order.
 */
@Timeout(120)
class QueueContractTest {
  private static final int CAPACITY = 64;

  static Stream<Named<Supplier<Queue<Integer>>>> queues() {
    return Stream.of(
        Named.of("ArrayBlockingQueue", () -> new ArrayBlockingQueue<>(CAPACITY)),
        Named.of("LinkedBlockingQueue", LinkedBlockingQueue::new),
        Named.of("ConcurrentLinkedQueue", ConcurrentLinkedQueue::new),
        Named.of("PerCpuQueue", () -> new PerCpuQueue<>(CAPACITY)));
  }

  private static List<Integer> pollAll(Queue<Integer> queue) {
    List<Integer> taken = new ArrayList<>();
    for (Integer each = queue.poll(); each != null; each = queue.poll()) {
      taken.add(each);
    }
    return taken;
  }

  private static Queue<Integer> filled(Supplier<Queue<Integer>> queues, int count) {
    Queue<Integer> queue = queues.get();
    for (int i = 0; i < count; i++) {
      assertThat(queue.offer(i)).isTrue();
    }
    return queue;
  }

  @ParameterizedTest
  @MethodSource("queues")
  void givesBackWhatWasOffered(Supplier<Queue<Integer>> queues) {
    Queue<Integer> queue = queues.get();
    assertThat(queue.poll()).isNull();
    assertThat(queue.peek()).isNull();
    assertThat(queue).isEmpty();
    for (int round = 0; round < 10; round++) {
      assertThat(queue.offer(1)).isTrue();
      assertThat(queue.add(2)).isTrue();
      assertThat(queue.addAll(List.of(3, 4))).isTrue();
      assertThat(queue).hasSize(4);
      assertThat(pollAll(queue)).containsExactlyInAnyOrder(1, 2, 3, 4);
      assertThat(queue.isEmpty()).isTrue();
      assertThat(queue.size()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("queues")
  void peeksAtWhatIsTakenNext(Supplier<Queue<Integer>> queues) {
    Queue<Integer> queue = filled(queues, 10);
    for (int size = 10; size > 0; size--) {
      Integer next = queue.peek();
      assertThat(queue.element()).isSameAs(next);
      assertThat(queue.size()).isEqualTo(size);
      assertThat(size % 2 == 0 ? queue.poll() : queue.remove()).isSameAs(next);
    }
    assertThatThrownBy(queue::element).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(queue::remove).isInstanceOf(NoSuchElementException.class);
  }

  @ParameterizedTest
  @MethodSource("queues")
  @SuppressWarnings("NullAway") // null is what is tested
  void refusesNull(Supplier<Queue<Integer>> queues) {
    Queue<Integer> queue = filled(queues, 2);
    assertThatThrownBy(() -> queue.offer(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.add(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.addAll(null)).isInstanceOf(NullPointerException.class);
    assertThat(queue.contains(null)).isFalse();
    assertThat(queue.remove(null)).isFalse();
    assertThat(pollAll(queue)).containsExactlyInAnyOrder(0, 1);
  }

  @ParameterizedTest
  @MethodSource("queues")
  @SuppressWarnings("ModifyingCollectionWithItself") // which is to be refused
  void refusesToAddItself(Supplier<Queue<Integer>> queues) {
    Queue<Integer> queue = filled(queues, 2);
    assertThatThrownBy(() -> queue.addAll(queue)).isInstanceOf(IllegalArgumentException.class);
    assertThat(queue).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("queues")
  void showsItsElements(Supplier<Queue<Integer>> queues) {
    Queue<Integer> queue = filled(queues, 3);
    assertThat(queue.contains(2)).isTrue();
    assertThat(queue.contains(3)).isFalse();
    assertThat(queue.containsAll(List.of(0, 1, 2))).isTrue();
    assertThat(queue.toString()).contains("0", "1", "2").startsWith("[").endsWith("]").hasSize(9);
    assertThat(queue.toArray()).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(queue.toArray(new Integer[0])).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(queue.stream()).containsExactlyInAnyOrder(0, 1, 2);
    List<Integer> met = new ArrayList<>();
    queue.forEach(met::add);
    assertThat(met).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(queue).isNotEqualTo(filled(queues, 3)).isEqualTo(queue);
  }

  @ParameterizedTest
  @MethodSource("queues")
  void iteratesAndRemoves(Supplier<Queue<Integer>> queues) {
    Queue<Integer> queue = filled(queues, 6);
    Iterator<Integer> iterator = queue.iterator();
    assertThatThrownBy(iterator::remove).isInstanceOf(IllegalStateException.class);
    while (iterator.hasNext()) {
      if (iterator.next() % 2 == 0) {
        iterator.remove();
        assertThatThrownBy(iterator::remove).isInstanceOf(IllegalStateException.class);
      }
    }
    assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    assertThat(queue.size()).isEqualTo(3);
    assertThat(pollAll(queue)).containsExactlyInAnyOrder(1, 3, 5);
  }

  @ParameterizedTest
  @MethodSource("queues")
  void removesByValue(Supplier<Queue<Integer>> queues) {
    Queue<Integer> queue = filled(queues, 10);
    assertThat(queue.remove((Object) 5)).isTrue();
    assertThat(queue.remove((Object) 5)).isFalse();
    assertThat(queue.remove((Object) "no number")).isFalse();
    assertThat(queue.removeIf(each -> each < 3)).isTrue();
    assertThat(queue.removeIf(each -> each < 3)).isFalse();
    assertThat(queue.size()).isEqualTo(6);
    assertThat(queue.removeAll(Set.of(4, 5))).isTrue();
    assertThat(queue.retainAll(Set.of(3, 6, 9))).isTrue();
    assertThat(queue).containsExactlyInAnyOrder(3, 6, 9);
    assertThat(queue.size()).isEqualTo(3);
    assertThat(queue.peek()).isIn(3, 6, 9);
    assertThat(pollAll(queue)).containsExactlyInAnyOrder(3, 6, 9);
    assertThat(queue.size()).isZero();
  }

  @ParameterizedTest
  @MethodSource("queues")
  void clears(Supplier<Queue<Integer>> queues) {
    Queue<Integer> queue = filled(queues, 10);
    queue.remove((Object) 5);
    queue.clear();
    assertThat(queue).isEmpty();
    assertThat(queue.poll()).isNull();
    assertThat(queue.offer(1)).isTrue();
    assertThat(pollAll(queue)).containsExactly(1);
  }

  @ParameterizedTest
  @MethodSource("queues")
  void isABagOfWhatWasOfferedAndNotTaken(Supplier<Queue<Integer>> queues) {
    Queue<Integer> queue = queues.get();
    Set<Integer> model = new HashSet<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 10_000; i++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          if (queue.offer(i)) {
            model.add(i);
          } else {
            assertThat(model.size()).isGreaterThanOrEqualTo(CAPACITY / 2);
          }
        }
        case 3, 4 -> {
          Integer taken = queue.poll();
          assertThat(taken == null ? model.isEmpty() : model.remove(taken)).isTrue();
        }
        case 5 -> {
          Integer next = queue.peek();
          assertThat(next == null ? model.isEmpty() : model.contains(next)).isTrue();
        }
        case 6 -> {
          int any = i - random.nextInt(100);
          assertThat(queue.remove((Object) any)).isEqualTo(model.remove(any));
        }
        default -> assertThat(queue.size()).isEqualTo(model.size());
      }
    }
    assertThat(queue).containsExactlyInAnyOrderElementsOf(model);
    assertThat(pollAll(queue)).containsExactlyInAnyOrderElementsOf(model);
  }

  @ParameterizedTest
  @MethodSource("queues")
  void everyElementOfManyThreadsIsTakenOnce(Supplier<Queue<Integer>> queues) throws Exception {
    Queue<Integer> queue = queues.get();
    int threads = 8;
    int each = 10_000;
    AtomicInteger running = new AtomicInteger(threads);
    for (int i = 0; i < threads; i++) {
      int first = i * each;
      Runnable task =
          () -> {
            for (int n = first; n < first + each; n++) {
              while (!queue.offer(n)) {
                LockSupport.parkNanos(1000);
              }
            }
            running.decrementAndGet();
          };
      var _ = i % 2 == 0 ? Thread.ofPlatform().start(task) : Thread.startVirtualThread(task);
    }
    BitSet seen = new BitSet();
    boolean last;
    do {
      last = running.get() == 0;
      for (Integer next = queue.poll(); next != null; next = queue.poll()) {
        assertThat(seen.get(next)).as("%d again", next).isFalse();
        seen.set(next);
      }
      LockSupport.parkNanos(1000);
    } while (!last);
    assertThat(seen.cardinality()).isEqualTo(threads * each);
    assertThat(queue.size()).isZero();
  }

  @ParameterizedTest
  @MethodSource("queues")
  void canBeIteratedWhileInUse(Supplier<Queue<Integer>> queues) throws Exception {
    Queue<Integer> queue = filled(queues, 5);
    Integer stays = Objects.requireNonNull(queue.peek());
    Thread offering =
        Thread.startVirtualThread(
            () -> {
              for (int n = 10; n < 20_000; n++) {
                while (!queue.offer(n)) {
                  LockSupport.parkNanos(1000);
                }
              }
            });
    Thread iterating =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (offering.isAlive()) {
                    List<Integer> met = List.copyOf(queue);
                    assertThat(met).doesNotHaveDuplicates();
                    assertThat(queue.size()).isNotNegative();
                  }
                });
    Set<Integer> taken = new HashSet<>();
    while (offering.isAlive() || !queue.isEmpty()) {
      Integer next = queue.poll();
      if (next != null) {
        assertThat(taken.add(next)).isTrue();
      }
    }
    iterating.join();
    assertThat(taken).hasSize(20_000 - 10 + 5).contains(stays);
  }
}
