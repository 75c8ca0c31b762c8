package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the tables of the structures say allocates nothing allocates nothing, once compiled. */
class AllocationTest {
  private static final int TIMES = 100_000;

  /** In how many rounds it has to be compiled. */
  private static final int ROUNDS = 50;

  static Stream<Named<Runnable>> operations() {
    return Stream.of(numbers(), queues(), pools(), owners()).flatMap(rows -> rows);
  }

  private static Stream<Named<Runnable>> numbers() {
    PerCpuLongAdder longs = new PerCpuLongAdder();
    PerCpuDoubleAdder doubles = new PerCpuDoubleAdder();
    PerCpuLongAccumulator max = PerCpuLongAccumulator.max();
    PerCpuCounters counters = new PerCpuCounters(10);
    PerCpuHistogram histogram = PerCpuHistogram.ofRange(1, 1_000_000, 2);
    return Stream.of(
        Named.of("PerCpuLongAdder", () -> longs.add(3)),
        Named.of("PerCpuDoubleAdder", () -> doubles.add(0.5)),
        Named.of("PerCpuLongAccumulator", () -> max.accumulate(System.nanoTime())),
        Named.of("PerCpuCounters", () -> counters.add(7, 3)),
        Named.of("PerCpuHistogram", () -> histogram.record(1234)));
  }

  static Stream<Named<Runnable>> rings() {
    byte[] record = new byte[32];
    PerCpuRingBuffer full = new PerCpuRingBuffer(PerCpuRingBuffer.MIN_CAPACITY);
    PerCpuRingBuffer read = new PerCpuRingBuffer(PerCpuRingBuffer.MIN_CAPACITY);
    PerCpuRingBuffer recorder = PerCpuRingBuffer.overwriting(PerCpuRingBuffer.MIN_CAPACITY);
    RecordHandler nothing = (_, _, _, _) -> {};
    return Stream.of(
        Named.of("write to a full ring", () -> full.write(1, record)),
        Named.of(
            "write and read",
            () -> {
              read.write(1, record);
              read.read(nothing, 1);
            }),
        Named.of("write to a flight recorder", () -> recorder.write(1, record)));
  }

  private static Stream<Named<Runnable>> queues() {
    PerCpuQueue<Object> queue = new PerCpuQueue<>(16);
    return Stream.of(
        Named.of(
            "PerCpuQueue",
            () -> {
              queue.offer(queue);
              queue.poll();
            }));
  }

  private static Stream<Named<Runnable>> pools() {
    PerCpuPool<Object> pool = PerCpuPool.builder(10, Object::new).build();
    PerCpuPool<Object> byHandle = PerCpuPool.builder(10, Object::new).build();
    return Stream.of(
        Named.of("PerCpuPool", () -> pool.release(pool.acquire())),
        Named.of("PerCpuPool by handle", () -> byHandle.acquireHandle().release()));
  }

  private static Stream<Named<Runnable>> owners() {
    PerCpuStack stack = new PerCpuStack(10);
    PerCpuLock lock = new PerCpuLock();
    PerCpu<Object> objects = PerCpu.withInitial(Object::new);
    return Stream.of(
        Named.of(
            "PerCpuStack",
            () -> {
              stack.push(1);
              stack.pop();
            }),
        Named.of("PerCpuLock", () -> lock.unlock(lock.lock())),
        Named.of("PerCpu", () -> objects.checkout().close()));
  }

  @ParameterizedTest
  @MethodSource("operations")
  @Timeout(300)
  void allocatesNothing(Runnable operation) {
    requireNothingAllocated(operation);
  }

  @ParameterizedTest
  @MethodSource("rings")
  @Timeout(300)
  void aRingAllocatesNothing(Runnable operation) {
    assumeTrue(
        Rseq.availability().active(),
        "in place of sequences runs bytecode, which makes objects of what it copies from");
    requireNothingAllocated(operation);
  }

  private static void requireNothingAllocated(Runnable operation) {
    String mode = Objects.requireNonNull(System.getProperty("java.vm.info"));
    assumeFalse(mode.contains("interpreted"), "nothing is compiled here: " + mode);
    long allocated = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && allocated >= TIMES; round++) {
      long before = Allocation.bytes();
      for (int i = 0; i < TIMES; i++) {
        operation.run();
      }
      allocated = Allocation.bytes() - before;
    }
    assertThat(allocated).as("bytes for %d times", TIMES).isLessThan(TIMES);
  }
}
