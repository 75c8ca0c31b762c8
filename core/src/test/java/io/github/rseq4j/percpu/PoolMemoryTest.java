package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.ClassLayout;

/** What a pool takes, as its documentation says. */
class PoolMemoryTest {
  @Test
  void takesFourBytesForEachItemThatACpuKeeps() throws Exception {
    assumeTrue(Rseq.availability().active(), "threads are not told apart by CPU");
    RegionPages.assumeSmall();
    int[] cpus = CpuSet.allowed().ids().stream().toArray();
    int perCpu = PerCpuStack.MAX_CAPACITY;
    int total = cpus.length * perCpu;
    PerCpuPool<Object> pool = PerCpuPool.builder(total, Object::new).perCpu(perCpu).build();
    List<PerCpuPool.Handle<Object>> handles = new ArrayList<>();
    for (int i = 0; i < total; i++) {
      handles.add(pool.acquireHandle());
    }
    for (int cpu : cpus) {
      List<PerCpuPool.Handle<Object>> some = handles.subList(0, perCpu);
      CompletableFuture.runAsync(
              () -> {
                assertThat(Threads.setAffinity(0, CpuSet.of(cpu))).isZero();
                some.forEach(PerCpuPool.Handle::release);
              },
              Thread.ofPlatform()::start)
          .join();
      some.clear();
    }
    // Before the stacks are looked through, which makes pages of those that nobody used.
    long pages = (16 + 4L * perCpu + RegionPages.BYTES - 1) / RegionPages.BYTES;
    assertThat(RegionPages.present(pool.stack.region())).isEqualTo(pages * cpus.length);
    assertThat(pool.statistics().moved()).isZero();
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void takesTheHeapThatItSaysForEachItem() {
    int total = 1 << 17;
    PerCpuPool<Object> pool = PerCpuPool.builder(total, Object::new).build();
    PerCpuPool.Handle<?>[] handles = new PerCpuPool.Handle<?>[total];
    long before = heap();
    for (int i = 0; i < total; i++) {
      handles[i] = pool.acquireHandle();
    }
    long item = ClassLayout.parseClass(Object.class).instanceSize();
    long each = (heap() - before) / total - item;
    System.out.printf("pool: heap %d bytes for each item%n", each);
    assertThat(handles[0].item()).isNotSameAs(handles[total - 1].item());
    // With large references up to twice.
    assertThat(each).as("bytes for each item").isBetween(30L, 2 * 64L);
  }
}
