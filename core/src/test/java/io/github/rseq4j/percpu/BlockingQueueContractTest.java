package io.github.rseq4j.percpu;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a {@link BlockingQueue} promises, held against the JDK's own and against our view, which an
 * executor uses as well.
 */
@Timeout(120)
class BlockingQueueContractTest {
  private static final int CAPACITY = 16;

  private static <E> Stream<Named<Supplier<BlockingQueue<E>>>> queuesOf() {
    return Stream.of(
        Named.of("ArrayBlockingQueue", () -> new ArrayBlockingQueue<>(CAPACITY)),
        Named.of("LinkedBlockingQueue", () -> new LinkedBlockingQueue<>(CAPACITY)),
        Named.of("PerCpuQueue", () -> new PerCpuQueue<E>(CAPACITY).asBlockingQueue()));
  }

  static Stream<Named<Supplier<BlockingQueue<Integer>>>> queues() {
    return queuesOf();
  }

  static Stream<Named<Supplier<BlockingQueue<Runnable>>>> queuesOfTasks() {
    return queuesOf();
  }

  /** A thread that waits, which is certain once it is parked. */
  private static <T> FutureTask<T> waiting(boolean virtual, Callable<T> call) throws Exception {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().start(task);
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING
        && thread.isAlive()) {
      Thread.sleep(1);
    }
    return task;
  }

  private static void fill(BlockingQueue<Integer> queue) {
    for (int i = 0; queue.offer(i); i++) {
      assertThat(queue.contains(i)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("queues")
  void takesWhatIsThere(Supplier<BlockingQueue<Integer>> queues) throws Exception {
    BlockingQueue<Integer> queue = queues.get();
    assertThat(queue.remainingCapacity()).isEqualTo(CAPACITY);
    queue.put(1);
    assertThat(queue.offer(2, 1, SECONDS)).isTrue();
    assertThat(queue.remainingCapacity()).isBetween(CAPACITY - 2, CAPACITY - 1);
    assertThat(queue.peek()).isIn(1, 2);
    assertThat(queue.size()).isEqualTo(2);
    assertThat(queue.take() + queue.take()).isEqualTo(3);
    assertThat(queue.poll(1, MILLISECONDS)).isNull();
    assertThat(queue.poll(0, MILLISECONDS)).isNull();
    assertThat(queue.poll(-1, MILLISECONDS)).isNull();
    assertThat(queue.poll(Long.MIN_VALUE, NANOSECONDS)).isNull();
    assertThat(queue.poll()).isNull();
    assertThat(queue.remainingCapacity()).isEqualTo(CAPACITY);
  }

  @ParameterizedTest
  @MethodSource("queues")
  void aFullQueueRefusesUntilTheTimeoutAndLosesNothing(Supplier<BlockingQueue<Integer>> queues)
      throws Exception {
    BlockingQueue<Integer> queue = queues.get();
    fill(queue);
    int refused = 0;
    for (int i = 0; i < 100 && refused == 0; i++) { // on another CPU there may be room
      refused += queue.offer(1000 + i, 1, MILLISECONDS) ? 0 : 1;
    }
    assertThat(refused).isEqualTo(1);
    for (long timeout : new long[] {0, -1, Long.MIN_VALUE}) {
      while (queue.offer(-1, timeout, NANOSECONDS)) {
        // until there is no room on any CPU
      }
    }
    assertThat(queue.remainingCapacity()).isZero();
    List<Integer> drained = new ArrayList<>();
    int size = queue.size();
    assertThat(queue.drainTo(drained)).isEqualTo(size).isEqualTo(drained.size());
    assertThat(drained).containsAll(IntStream.range(0, CAPACITY).boxed().toList());
  }

  @ParameterizedTest
  @MethodSource("queues")
  void takeWaitsForAnOffer(Supplier<BlockingQueue<Integer>> queues) throws Exception {
    BlockingQueue<Integer> queue = queues.get();
    for (int i = 0; i < 40; i++) {
      boolean timed = i % 4 > 1;
      Future<Integer> taken =
          waiting(i % 2 == 0, () -> timed ? queue.poll(60, SECONDS) : queue.take());
      assertThat(taken.isDone()).isFalse();
      queue.put(i);
      assertThat(taken.get()).isEqualTo(i);
    }
    assertThat(queue).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("queues")
  void putWaitsForRoom(Supplier<BlockingQueue<Integer>> queues) throws Exception {
    BlockingQueue<Integer> queue = queues.get();
    for (int i = 0; i < 10; i++) {
      fill(queue);
      boolean timed = i % 4 > 1;
      FutureTask<Boolean> put =
          waiting(
              i % 2 == 0,
              () -> {
                if (timed) {
                  return queue.offer(-1, 60, SECONDS);
                }
                queue.put(-1);
                return true;
              });
      List<Integer> taken = new ArrayList<>();
      while (!put.isDone() || !queue.isEmpty()) {
        Integer next = queue.poll();
        if (next != null) {
          taken.add(next);
        }
      }
      assertThat(put.get()).isTrue();
      assertThat(taken).contains(-1).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @MethodSource("queues")
  void interruptionEndsWaiting(Supplier<BlockingQueue<Integer>> queues) throws Exception {
    BlockingQueue<Integer> queue = queues.get();
    List<Callable<Object>> taking = List.of(queue::take, () -> queue.poll(60, SECONDS));
    for (Callable<Object> each : taking) {
      assertInterrupted(each);
    }
    fill(queue);
    assertInterrupted(
        () -> {
          while (true) {
            queue.put(1);
          }
        });
    assertInterrupted(
        () -> {
          while (queue.offer(1, 60, SECONDS)) {
            // until there is no room on any CPU
          }
          return 0;
        });
    assertThat(queue.drainTo(new ArrayList<>())).isGreaterThanOrEqualTo(CAPACITY);
    queue.put(5);
    assertThat(queue.take()).isEqualTo(5);
  }

  private static void assertInterrupted(Callable<Object> call) throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    FutureTask<Object> task =
        waiting(
            false,
            () -> {
              thread.complete(Thread.currentThread());
              return call.call();
            });
    thread.get().interrupt();
    assertThatThrownBy(task::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    Thread.currentThread().interrupt();
    assertThatThrownBy(call::call).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("queues")
  void drains(Supplier<BlockingQueue<Integer>> queues) {
    BlockingQueue<Integer> queue = queues.get();
    for (int i = 0; i < 10; i++) {
      queue.add(i);
    }
    List<Integer> drained = new ArrayList<>();
    assertThat(queue.drainTo(drained, 0)).isZero();
    assertThat(queue.drainTo(drained, -1)).isZero();
    assertThat(queue.drainTo(drained, 4)).isEqualTo(4);
    assertThat(queue.size()).isEqualTo(6);
    assertThat(queue.drainTo(drained)).isEqualTo(6);
    assertThat(queue.drainTo(drained)).isZero();
    assertThat(drained)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 10).boxed().toList());
  }

  @ParameterizedTest
  @MethodSource("queues")
  @SuppressWarnings({"NullAway", "ModifyingCollectionWithItself"}) // which are to be refused
  void refusesNullAndItself(Supplier<BlockingQueue<Integer>> queues) {
    BlockingQueue<Integer> queue = queues.get();
    assertThatThrownBy(() -> queue.put(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.offer(null, 1, SECONDS))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.drainTo(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.drainTo(queue)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> queue.drainTo(queue, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(queue).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("queues")
  void everyElementThatIsPutIsTakenOnce(Supplier<BlockingQueue<Integer>> queues) throws Exception {
    BlockingQueue<Integer> queue = queues.get();
    int threads = 8;
    int each = 2_000;
    for (int i = 0; i < threads; i++) {
      int first = i * each;
      Callable<Integer> task =
          () -> {
            for (int n = first; n < first + each; n++) {
              queue.put(n);
              if (n % 100 == 0) {
                Thread.sleep(1); // so that the consumer has to wait too
              }
            }
            return first;
          };
      FutureTask<Integer> future = new FutureTask<>(task);
      var _ = i % 2 == 0 ? Thread.ofPlatform().start(future) : Thread.startVirtualThread(future);
    }
    BitSet seen = new BitSet();
    for (int i = 0; i < threads * each; i++) {
      int next = queue.take();
      assertThat(seen.get(next)).as("%d again", next).isFalse();
      seen.set(next);
    }
    assertThat(queue.poll(1, MILLISECONDS)).isNull();
    assertThat(seen.cardinality()).isEqualTo(threads * each);
  }

  @ParameterizedTest
  @MethodSource("queues")
  void severalConsumersTakeTurns(Supplier<BlockingQueue<Integer>> queues) throws Exception {
    BlockingQueue<Integer> queue = queues.get();
    List<FutureTask<Long>> consumers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      consumers.add(
          waiting(
              i == 1,
              () -> {
                long sum = 0;
                for (int next = queue.take(); next >= 0; next = queue.take()) {
                  sum += next;
                }
                return sum;
              }));
    }
    for (int i = 0; i < 3_000; i++) {
      queue.put(i);
    }
    while (!queue.isEmpty()) {
      Thread.sleep(1);
    }
    long sum = 0;
    for (int i = 0; i < 3; i++) {
      queue.put(-1);
    }
    for (FutureTask<Long> each : consumers) {
      sum += each.get();
    }
    assertThat(sum).isEqualTo(2_999L * 3_000 / 2);
  }

  private static ThreadPoolExecutor executor(BlockingQueue<Runnable> queue) {
    ThreadFactory quiet = Thread.ofPlatform().uncaughtExceptionHandler((_, _) -> {}).factory();
    return new ThreadPoolExecutor(1, 1, 0, SECONDS, queue, quiet);
  }

  @ParameterizedTest
  @MethodSource("queuesOfTasks")
  void servesAnExecutor(Supplier<BlockingQueue<Runnable>> queues) throws Exception {
    ThreadPoolExecutor executor = executor(queues.get());
    List<Integer> ran = new ArrayList<>(); // by its one thread
    int tasks = 500;
    for (int i = 0; i < tasks; i++) {
      int number = i;
      while (true) {
        try {
          executor.execute(
              () -> {
                ran.add(number);
                if (number % 50 == 0) {
                  throw new IllegalStateException("the worker is replaced");
                }
              });
          break;
        } catch (RejectedExecutionException full) {
          Thread.sleep(1);
        }
      }
    }
    executor.shutdown();
    assertThat(executor.awaitTermination(60, SECONDS)).isTrue();
    assertThat(ran).containsExactlyInAnyOrderElementsOf(IntStream.range(0, tasks).boxed().toList());
    assertThatThrownBy(() -> executor.execute(() -> ran.add(-1)))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @ParameterizedTest
  @MethodSource("queuesOfTasks")
  void anExecutorGetsBackWhatItHasNotRun(Supplier<BlockingQueue<Runnable>> queues)
      throws Exception {
    ThreadPoolExecutor executor = executor(queues.get());
    CountDownLatch started = new CountDownLatch(1);
    executor.execute(
        () -> {
          started.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
          }
        });
    started.await();
    List<Runnable> tasks = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      FutureTask<Integer> task = new FutureTask<>(() -> 1);
      tasks.add(task);
      executor.execute(task);
    }
    assertThat(executor.getQueue().size()).isEqualTo(10);
    assertThat(executor.remove(tasks.removeLast())).isTrue();
    ((Future<?>) tasks.removeFirst()).cancel(false);
    executor.purge();
    assertThat(executor.getQueue()).containsExactlyInAnyOrderElementsOf(tasks);
    assertThat(executor.shutdownNow()).containsExactlyInAnyOrderElementsOf(tasks);
    assertThat(executor.awaitTermination(60, SECONDS)).isTrue();
    assertThat(executor.getQueue()).isEmpty();
  }
}
