package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.ResidentMemory;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What several locks promise of which a thread takes any one, held against semaphores and ours. */
@Timeout(60)
class PerCpuLockTest {
  private static final Executor NEW_THREADS = task -> Thread.ofPlatform().start(task);

  /** What both can do. */
  interface Locks {
    int size();

    int tryLock();

    int lock();

    int tryLock(long timeout, TimeUnit unit) throws InterruptedException;

    void lock(int lock);

    void unlock(int lock);
  }

  private record Ours(PerCpuLock locks) implements Locks {
    @Override
    public int size() {
      return locks.size();
    }

    @Override
    public int tryLock() {
      return locks.tryLock();
    }

    @Override
    public int lock() {
      return locks.lock();
    }

    @Override
    public int tryLock(long timeout, TimeUnit unit) throws InterruptedException {
      return locks.tryLock(timeout, unit);
    }

    @Override
    public void lock(int lock) {
      locks.lock(lock);
    }

    @Override
    public void unlock(int lock) {
      locks.unlock(lock);
    }
  }

  /** A thread's number selects the lock. */
  private record Semaphores(List<Semaphore> all) implements Locks {
    private int mine() {
      return (int) (Thread.currentThread().threadId() % all.size());
    }

    @Override
    public int size() {
      return all.size();
    }

    @Override
    public int tryLock() {
      return all.get(mine()).tryAcquire() ? mine() : -1;
    }

    @Override
    public int lock() {
      lock(mine());
      return mine();
    }

    @Override
    public int tryLock(long timeout, TimeUnit unit) throws InterruptedException {
      return all.get(mine()).tryAcquire(timeout, unit) ? mine() : -1;
    }

    @Override
    public void lock(int lock) {
      all.get(lock).acquireUninterruptibly();
    }

    @Override
    public void unlock(int lock) {
      if (all.get(lock).availablePermits() != 0) {
        throw new IllegalMonitorStateException("lock %d is not held".formatted(lock));
      }
      all.get(lock).release();
    }
  }

  static Stream<Named<Supplier<Locks>>> locks() {
    return Stream.of(
        Named.of("semaphores", () -> new Semaphores(List.of(new Semaphore(1), new Semaphore(1)))),
        Named.of("PerCpuLock", () -> new Ours(new PerCpuLock())));
  }

  private static void lockAll(Locks locks) {
    IntStream.range(0, locks.size()).forEach(locks::lock);
  }

  @ParameterizedTest
  @MethodSource("locks")
  void aLockIsTakenAndGivenBack(Supplier<Locks> all) {
    Locks locks = all.get();
    int lock = locks.tryLock();
    assertThat(lock).isBetween(0, locks.size() - 1);
    locks.unlock(lock);
    int again = locks.lock();
    assertThat(again).isBetween(0, locks.size() - 1);
    locks.unlock(again);
  }

  @ParameterizedTest
  @MethodSource("locks")
  void nobodyGetsALockThatIsHeld(Supplier<Locks> all) throws Exception {
    Locks locks = all.get();
    lockAll(locks);
    assertThat(locks.tryLock()).isEqualTo(-1);
    assertThat(locks.tryLock(0, TimeUnit.DAYS)).isEqualTo(-1);
    assertThat(locks.tryLock(-1, TimeUnit.DAYS)).isEqualTo(-1);
    assertThat(locks.tryLock(Long.MIN_VALUE, TimeUnit.NANOSECONDS)).isEqualTo(-1);
    long begin = System.nanoTime();
    assertThat(locks.tryLock(20, TimeUnit.MILLISECONDS)).isEqualTo(-1);
    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(20_000_000);
  }

  @ParameterizedTest
  @MethodSource("locks")
  void anotherThreadMayUnlockAndWaitersGoOn(Supplier<Locks> all) throws Exception {
    Locks locks = all.get();
    lockAll(locks);
    CompletableFuture<Integer> waiter = CompletableFuture.supplyAsync(locks::lock, NEW_THREADS);
    CompletableFuture<Integer> timed = new CompletableFuture<>();
    Thread virtual =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    timed.complete(locks.tryLock(1, TimeUnit.DAYS));
                  } catch (InterruptedException e) {
                    timed.completeExceptionally(e);
                  }
                });
    Thread.sleep(5);
    assertThat(waiter).isNotDone();
    assertThat(timed).isNotDone();
    for (int lock = 0; lock < locks.size(); lock++) {
      locks.unlock(lock);
    }
    int first = CompletableFuture.anyOf(waiter, timed).thenApply(Integer.class::cast).get();
    locks.unlock(first);
    assertThat(waiter.get()).isBetween(0, locks.size() - 1);
    assertThat(timed.get()).isBetween(0, locks.size() - 1);
    virtual.join();
  }

  @ParameterizedTest
  @MethodSource("locks")
  void anInterruptEndsTimedWaitsOnly(Supplier<Locks> all) throws Exception {
    Locks locks = all.get();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> locks.tryLock(1, TimeUnit.DAYS))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    lockAll(locks);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread waiter =
        Thread.ofPlatform()
            .start(
                () -> {
                  locks.lock();
                  interrupted.complete(Thread.currentThread().isInterrupted());
                });
    waiter.interrupt();
    Thread.sleep(5);
    assertThat(interrupted).isNotDone();
    for (int lock = 0; lock < locks.size(); lock++) {
      locks.unlock(lock);
    }
    assertThat(interrupted.get()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("locks")
  void aLockThatIsNotHeldCannotBeGivenBack(Supplier<Locks> all) {
    Locks locks = all.get();
    int lock = locks.lock();
    locks.unlock(lock);
    assertThatThrownBy(() -> locks.unlock(lock))
        .isInstanceOf(IllegalMonitorStateException.class)
        .hasMessageContaining(Integer.toString(lock));
    locks.unlock(locks.lock());
  }

  /** The carriers are fewer than the threads, so a waiter that does not let go would block all. */
  @ParameterizedTest
  @MethodSource("locks")
  void virtualThreadsThatSleepWithALockDoNotBlockTheirCarriers(Supplier<Locks> all)
      throws Exception {
    Locks locks = all.get();
    int[] guarded = new int[locks.size()];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    int lock = locks.lock();
                    int before = guarded[lock];
                    try {
                      Thread.sleep(1);
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                    guarded[lock] = before + 1;
                    locks.unlock(lock);
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(IntStream.of(guarded).sum()).isEqualTo(100);
  }

  @Test
  void theLockIsThatOfTheCpu() {
    assumeTrue(Rseq.availability().active(), "threads are not told apart by CPU");
    PerCpuLock locks = new PerCpuLock();
    for (int cpu : CpuSet.allowed().ids().stream().toArray()) {
      assertThat(on(cpu, locks::tryLock)).isEqualTo(cpu);
      assertThat(on(cpu, locks::tryLock)).isEqualTo(-1);
    }
    for (int cpu : CpuSet.allowed().ids().stream().toArray()) {
      locks.unlock(cpu);
      locks.lock(cpu);
      assertThat(on(cpu, locks::tryLock)).isEqualTo(-1);
      locks.unlock(cpu);
      assertThat(on(cpu, locks::lock)).isEqualTo(cpu);
    }
  }

  private static int on(int cpu, Supplier<Integer> action) {
    return CompletableFuture.supplyAsync(
            () -> {
              assertThat(Threads.setAffinity(0, CpuSet.of(cpu))).isZero();
              return action.get();
            },
            NEW_THREADS)
        .join();
  }

  @Test
  void whoeverWaitsForOneLockKeepsNobodyFromAnother() throws Exception {
    PerCpuLock locks = new PerCpuLock();
    locks.lock(0);
    Thread waiter = Thread.ofPlatform().start(() -> locks.lock(0));
    Thread.sleep(5);
    locks.lock(1);
    locks.unlock(1);
    locks.unlock(0);
    waiter.join();
    assertThat(locks.holder(0)).isEqualTo(waiter.threadId());
  }

  @Test
  void showsWhoHoldsALock() throws Exception {
    PerCpuLock locks = new PerCpuLock();
    assertThat(locks).hasToString("PerCpuLock[]");
    Thread thread = Thread.currentThread();
    locks.lock(1);
    Thread virtual = Thread.ofVirtual().start(() -> locks.lock(0));
    virtual.join();
    assertThat(locks.holder(0)).isEqualTo(virtual.threadId());
    assertThat(locks.holder(1)).isEqualTo(thread.threadId());
    assertThat(locks)
        .hasToString(
            "PerCpuLock[0: #%d, 1: #%d \"%s\"]"
                .formatted(virtual.threadId(), thread.threadId(), thread.getName()));
    locks.unlock(0);
    locks.unlock(1);
    assertThat(locks.holder(0)).isZero();
    assertThat(locks).hasToString("PerCpuLock[]");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void refusesNumbersOutOfRange(int number) {
    PerCpuLock locks = new PerCpuLock();
    for (int lock : new int[] {number, locks.size()}) {
      assertThatThrownBy(() -> locks.unlock(lock))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContainingAll(Integer.toString(lock), Integer.toString(locks.size()));
      assertThatThrownBy(() -> locks.lock(lock)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> locks.holder(lock)).isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(locks).hasToString("PerCpuLock[]");
    locks.unlock(locks.lock());
  }

  @Test
  @SuppressWarnings("NullAway") // on purpose
  void refusesNoUnitAndTakesNothing() {
    PerCpuLock locks = new PerCpuLock();
    assertThatThrownBy(() -> locks.tryLock(1, null)).isInstanceOf(NullPointerException.class);
    assertThat(locks).hasToString("PerCpuLock[]");
  }

  @Test
  void takes128BytesForEachCpuInWholePages() throws Exception {
    assumeTrue(Rseq.availability().active(), "memory comes from malloc");
    int count = 4000;
    long page = 4096;
    List<PerCpuLock> all = new ArrayList<>();
    long before = ResidentMemory.steadyBytes();
    for (int i = 0; i < count; i++) {
      PerCpuLock locks = new PerCpuLock();
      locks.lock();
      all.add(locks);
    }
    long size = all.getFirst().size();
    long pages = (size * LockLayout.SLICE_BYTES + page - 1) / page;
    assertThat(ResidentMemory.bytes() - before)
        .as("%d times %d locks", count, size)
        .isBetween(count * page - (4 << 20), count * (pages * page + 4 * size) + (24 << 20));
    assertThat(all).hasSize(count);
  }
}
