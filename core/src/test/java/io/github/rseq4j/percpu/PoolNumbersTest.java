package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where the numbers of a pool's items go. */
class PoolNumbersTest {
  private static void onCpu(int cpu, Runnable task) {
    CompletableFuture.runAsync(
            () -> {
              assertThat(Threads.setAffinity(0, CpuSet.of(cpu))).isZero();
              task.run();
            },
            Thread.ofPlatform()::start)
        .join();
  }

  /** The one who looks through the stacks is held between two of them, by the lock of drains. */
  @Test
  @Timeout(60)
  void oneThatIsFreeIsFoundThoughItMovesMeanwhile() throws Exception {
    int[] cpus = CpuSet.allowed().ids().stream().toArray();
    assumeTrue(Rseq.availability().active() && cpus.length > 1, "nothing moves between CPUs");
    PerCpuStack stack = new PerCpuStack(4);
    PoolNumbers numbers = new PoolNumbers(stack, 2);
    int free = ~numbers.take();
    int used = ~numbers.take();
    onCpu(cpus[1], () -> stack.push(free));
    assertThat(stack.size(cpus[1])).isEqualTo(1);
    CompletableFuture<Integer> taken;
    stack.draining.lock();
    try {
      taken = CompletableFuture.supplyAsync(numbers::take, Thread.ofPlatform()::start);
      while (!stack.draining.hasQueuedThreads()) {
        Thread.sleep(1);
      }
      onCpu(cpus[0], () -> assertThat(stack.push(used)).isTrue());
      onCpu(cpus[1], () -> assertThat(stack.pop()).isEqualTo(free));
    } finally {
      stack.draining.unlock();
    }
    assertThat(taken.join()).isEqualTo(used);
    assertThat(numbers.take()).isEqualTo(PoolNumbers.EXHAUSTED);
  }

  /** Or a number could be lost, where there is no memory. */
  @Test
  void givingNumbersWithoutItemsBackTakesNoMemory() {
    int total = 1 << 16;
    PoolNumbers numbers = new PoolNumbers(new PerCpuStack(4), total);
    for (int number = 0; number < total; number++) {
      assertThat(~numbers.take()).isEqualTo(number);
    }
    long before = Allocation.bytes();
    for (int number = 0; number < total; number++) {
      numbers.unused(number, false);
    }
    assertThat(Allocation.bytes() - before).isLessThan(total);
  }
}
