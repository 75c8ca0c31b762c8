package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Recorder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What a histogram takes: whole pages of each CPU that has recorded, and of these only some. */
class HistogramMemoryTest {
  private static final int PAGE = RegionPages.BYTES;
  private static final int COUNTS_PER_PAGE = PAGE / Long.BYTES;
  private static final long HIGHEST = 1L << 40;

  private final int[] cpus = CpuSet.allowed().ids().stream().toArray();

  @BeforeEach
  void requirePages() throws IOException {
    assumeTrue(Rseq.availability().active(), "threads are not told apart by CPU");
    RegionPages.assumeSmall();
  }

  /** Records values on every CPU, and returns how many pages the histogram then takes. */
  private long pagesOnceRecorded(PerCpuHistogram histogram, long... values) throws IOException {
    for (int cpu : cpus) {
      CompletableFuture.runAsync(
              () -> {
                assertThat(Threads.setAffinity(0, CpuSet.of(cpu))).isZero();
                for (long value : values) {
                  histogram.record(value);
                }
              },
              Thread.ofPlatform()::start)
          .join();
    }
    return RegionPages.present(histogram.region());
  }

  @Test
  void takesEightBytesForEachBucketAndCpu() throws Exception {
    HistogramSnapshot shape = PerCpuHistogram.ofRange(1, HIGHEST, 3).snapshot();
    long pages = (HistogramLayout.sliceBytes(shape.buckets()) + PAGE - 1) / PAGE;
    long[] valueOfEachPage = new long[(int) pages];
    for (int page = 0; page < pages; page++) {
      valueOfEachPage[page] = shape.lowestOf(Math.min(page * COUNTS_PER_PAGE, shape.buckets() - 1));
    }
    PerCpuHistogram histogram = PerCpuHistogram.ofRange(1, HIGHEST, 3);
    assertThat(pagesOnceRecorded(histogram, valueOfEachPage)).isEqualTo(pages * cpus.length);
    assertThat(histogram.snapshot().count()).isEqualTo(pages * cpus.length);

    Recorder recorder = new Recorder(1, HIGHEST, 3);
    long rival = GraphLayout.parseInstance(recorder).totalSize();
    System.out.printf(
        "memory of a histogram of %d buckets: %d bytes for each CPU that records in all of them;"
            + " Recorder: %d bytes%n",
        shape.buckets(), pages * PAGE, rival);
    assertThat(rival).isGreaterThan(8L * shape.buckets());
  }

  @Test
  void takesOnlyThePagesThatAreRecordedInto() throws Exception {
    PerCpuHistogram histogram = PerCpuHistogram.ofRange(1, HIGHEST, 5);
    assertThat(pagesOnceRecorded(histogram, 1, 2, 3)).isEqualTo(cpus.length);
    assertThat(pagesOnceRecorded(histogram, 1_000_000, HIGHEST)).isEqualTo(3L * cpus.length);
    HistogramSnapshot snapshot = histogram.snapshot();
    assertThat(snapshot.buckets()).isGreaterThan(3_000_000);
    assertThat(snapshot.count()).isEqualTo(5L * cpus.length);
  }

  @Test
  void aSmallOneTakesAPage() throws Exception {
    PerCpuHistogram histogram = PerCpuHistogram.ofBounds(1, 10, 100);
    assertThat(pagesOnceRecorded(histogram, 1, 10, 100, 1000)).isEqualTo(1);
  }
}
