package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.ResidentMemory;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import io.github.rseq4j.internal.rseq.Region;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.ClassLayout;

/** What accumulators take, beside what the JDK's take. */
class BankedMemoryTest {
  /** What an accumulator takes of the heap at most, as its documentation has it. */
  private static final long HEAP_BYTES = 200;

  @Test
  void takesACellOnEachCpuThatUsesIt() throws Exception {
    assumeTrue(Rseq.availability().active(), "threads are not told apart by CPU");
    long before = ResidentMemory.steadyBytes();
    PerCpuLongAccumulator[] all =
        Stream.generate(PerCpuLongAccumulator::or)
            .limit(1 << 16)
            .toArray(PerCpuLongAccumulator[]::new);
    int[] cpus = CpuSet.allowed().ids().stream().toArray();
    for (int cpu : cpus) {
      accumulate(all, cpu);
    }
    // The JVM has grown in the meantime; and some kernels make a page of what is only read.
    long each = (long) all.length * BankedLayout.BYTES;
    long slices = Region.allocate(BankedLayout.BYTES).slices();
    assertThat(ResidentMemory.bytes() - before)
        .as("%d accumulators on %d CPUs", all.length, cpus.length)
        .isBetween(
            each * cpus.length - (1 << 20), each * slices + all.length * HEAP_BYTES + (32L << 20));
    assertThat(all[all.length - 1].get()).isEqualTo(1);
  }

  private static void accumulate(PerCpuLongAccumulator[] all, int cpu) {
    CompletableFuture.runAsync(
            () -> {
              assertThat(Threads.setAffinity(0, CpuSet.of(cpu))).isZero();
              for (PerCpuLongAccumulator each : all) {
                each.accumulate(1);
              }
            },
            Thread.ofPlatform()::start)
        .join();
  }

  @Test
  void takesLessThanACellForEachCpuOfTheJdks() throws Exception {
    assumeTrue(Rseq.availability().active(), "there are not as many slices as CPUs");
    int slices = Region.allocate(BankedLayout.BYTES).slices();
    int cpus = slices - 1;
    // Beside the objects, the cleaner's and what it runs.
    long heap =
        bytes(PerCpuLongAccumulator.class.getName())
            + bytes(BankedCell.class.getName())
            + bytes("jdk.internal.ref.CleanerImpl$PhantomCleanableRef")
            + bytes(Long.class.getName()) * 2;
    long own = heap + (long) slices * BankedLayout.BYTES;
    int cells = Integer.highestOneBit(2 * cpus - 1);
    long rival =
        bytes(LongAccumulator.class.getName())
            + bytes(Integer.class.getName())
            + cells * (bytes("java.util.concurrent.atomic.Striped64$Cell") + Integer.BYTES);
    System.out.printf(
        "memory on %d CPUs: accumulator %d, of it heap %d; contended LongAccumulator %d%n",
        cpus, own, heap, rival);
    assertThat(heap).isLessThanOrEqualTo(HEAP_BYTES);
    assertThat(own).isLessThan(rival);
  }

  private static long bytes(String type) throws ClassNotFoundException {
    return ClassLayout.parseClass(Class.forName(type)).instanceSize();
  }
}
