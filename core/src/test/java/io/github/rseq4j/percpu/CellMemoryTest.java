package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import io.github.rseq4j.internal.rseq.Region;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.ClassLayout;

/** What adders and accumulators take, beside what the JDK's take. */
class CellMemoryTest {
  private static final int MANY = 1 << 16;

  /** What the documentation has the heap's part be: some 130 and some 200 bytes. */
  private static final long ADDER_HEAP_BYTES = 140;

  private static final long BANKED_HEAP_BYTES = 200;

  /**
   * A structure with a cell for each CPU.
   *
   * @param make makes one
   * @param addOne adds 1 to it
   * @param region the memory that its cell is in
   * @param cellBytes what it takes for each slice
   * @param heapBytes what it takes of the heap at most
   * @param heap the types of the objects that it is made of
   * @param rival those of what it imitates, but for its cells
   */
  record Kind<T>(
      Supplier<T> make,
      Consumer<T> addOne,
      Function<T, Region> region,
      int cellBytes,
      long heapBytes,
      List<Class<?>> heap,
      List<Class<?>> rival) {
    @Override
    public String toString() {
      return heap.getFirst().getSimpleName();
    }
  }

  static Stream<Kind<?>> kinds() {
    return Stream.of(
        new Kind<>(
            PerCpuLongAdder::new,
            PerCpuLongAdder::increment,
            PerCpuLongAdder::region,
            Long.BYTES,
            ADDER_HEAP_BYTES,
            List.of(PerCpuLongAdder.class, Integer.class),
            List.of(LongAdder.class)),
        new Kind<>(
            PerCpuDoubleAdder::new,
            adder -> adder.add(1),
            adder -> adder.cell.region(),
            BankedLayout.BYTES,
            BANKED_HEAP_BYTES,
            List.of(PerCpuDoubleAdder.class, BankedCell.class, Long.class, Long.class),
            List.of(DoubleAdder.class)),
        new Kind<>(
            PerCpuLongAccumulator::or,
            accumulator -> accumulator.accumulate(1),
            accumulator -> accumulator.cell.region(),
            BankedLayout.BYTES,
            BANKED_HEAP_BYTES,
            List.of(PerCpuLongAccumulator.class, BankedCell.class, Long.class, Long.class),
            List.of(LongAccumulator.class, Integer.class)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <T> void takesACellOnEachCpuThatUsesIt(Kind<T> kind) throws Exception {
    assumeTrue(Rseq.availability().active(), "threads are not told apart by CPU");
    List<T> all = Stream.generate(kind.make()).limit(MANY).toList();
    int[] cpus = CpuSet.allowed().ids().stream().toArray();
    for (int cpu : cpus) {
      addOneToEach(all, kind.addOne(), cpu);
    }
    List<Region> regions = all.stream().map(kind.region()).distinct().toList();
    long present = 0;
    for (Region region : regions) {
      present += RegionPages.present(region);
    }
    // Some may be shared with others. What is only read may be in RAM too.
    long pages = (long) MANY * kind.cellBytes() / RegionPages.BYTES;
    assertThat((long) regions.size()).isBetween(pages, pages + 16);
    assertThat(present)
        .as("pages of %d on %d CPUs", MANY, cpus.length)
        .isBetween(pages * cpus.length, regions.size() * (long) regions.getFirst().slices());
  }

  private static <T> void addOneToEach(List<T> all, Consumer<T> addOne, int cpu) {
    CompletableFuture.runAsync(
            () -> {
              assertThat(Threads.setAffinity(0, CpuSet.of(cpu))).isZero();
              all.forEach(addOne);
            },
            Thread.ofPlatform()::start)
        .join();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void takesLessThanTheJdksOnceThatIsContended(Kind<?> kind) throws Exception {
    assumeTrue(Rseq.availability().active(), "there are not as many slices as CPUs");
    int slices = Region.allocate(kind.cellBytes()).slices();
    int cpus = slices - 1;
    // Beside the objects, what cleans up behind them.
    long heap =
        bytes(kind.heap())
            + bytes(Class.forName("jdk.internal.ref.CleanerImpl$PhantomCleanableRef"));
    long own = heap + (long) slices * kind.cellBytes();
    int cells = Integer.highestOneBit(2 * cpus - 1);
    long rival =
        bytes(kind.rival())
            + cells
                * (bytes(Class.forName("java.util.concurrent.atomic.Striped64$Cell"))
                    + Integer.BYTES);
    System.out.printf(
        "memory on %d CPUs: %s %d, of it heap %d; contended %s %d%n",
        cpus, kind, own, heap, kind.rival().getFirst().getSimpleName(), rival);
    assertThat(heap).isLessThanOrEqualTo(kind.heapBytes());
    assertThat(own).isLessThan(rival);
  }

  private static long bytes(List<Class<?>> types) {
    return types.stream().mapToLong(CellMemoryTest::bytes).sum();
  }

  private static long bytes(Class<?> type) {
    return ClassLayout.parseClass(type).instanceSize();
  }
}
