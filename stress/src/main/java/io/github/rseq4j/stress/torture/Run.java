package io.github.rseq4j.stress.torture;

import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.rseq.InjectedProgram;
import io.github.rseq4j.stress.torture.Disturbance.Between;
import io.github.rseq4j.stress.torture.Disturbance.Crowding;
import io.github.rseq4j.stress.torture.Disturbance.Delay;
import io.github.rseq4j.stress.torture.Disturbance.Everything;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One run of a workload under one disturbance. */
final class Run {
  /** How many threads there are for each CPU, as in librseq's tests. */
  static final int THREADS_PER_CPU = 6;

  /** How many rounds a thread spins where it is delayed: a tenth of a millisecond, or more. */
  private static final long LONG_DELAY = 400_000;

  private static final long SHORT_DELAY = 20_000;
  private static final long SHORT_DELAY_MILLIS = 5;

  /** How long the threads may need to end once they have been told to. */
  private static final long PATIENCE_SECONDS = 90;

  /**
   * What has come of it.
   *
   * @param operations how many were done
   * @param aborts how often the kernel has aborted a sequence
   * @param failure what was wrong, if anything was
   */
  record Outcome(long operations, long aborts, Optional<Throwable> failure) {}

  private final Workload workload;
  private final Disturbance disturbance;
  private final List<InjectedProgram> programs;
  private final int threads = threads();
  private final AtomicIntegerArray tids = new AtomicIntegerArray(threads);
  private final CountDownLatch started = new CountDownLatch(threads);
  private final CountDownLatch ended = new CountDownLatch(threads);
  private final AtomicLong operations = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean stop;

  private Run(Workload workload, Disturbance disturbance, List<InjectedProgram> programs) {
    this.workload = workload;
    this.disturbance = disturbance;
    this.programs = programs;
  }

  /** Returns how many threads work. */
  static int threads() {
    return THREADS_PER_CPU * CpuSet.allowed().count();
  }

  /**
   * Runs a workload.
   *
   * @param programs those that it consists of
   */
  static Outcome of(
      Workload workload, Disturbance disturbance, List<InjectedProgram> programs, Duration duration)
      throws InterruptedException {
    return new Run(workload, disturbance, programs).run(duration);
  }

  private Outcome run(Duration duration) throws InterruptedException {
    long before = aborts();
    for (int i = 0; i < threads; i++) {
      Worker worker = new Worker(i, disturbance, tids);
      Thread.ofPlatform().daemon().name("torture-" + i).start(() -> work(worker));
    }
    Thread manager = Thread.ofPlatform().daemon().name("torture-manager").start(this::manage);
    started.await();
    if (disturbance instanceof Delay(int program, int point)) {
      programs.get(program).state().delay(point, LONG_DELAY);
    }
    waitFor(duration);
    stop = true;
    if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)
        || !manager.join(Duration.ofSeconds(PATIENCE_SECONDS))) {
      fail(new Violation("threads are still running %d seconds later".formatted(PATIENCE_SECONDS)));
    }
    programs.forEach(program -> program.state().delay(0, 1));
    if (failure.get() == null) {
      verify();
    }
    return new Outcome(operations.get(), aborts() - before, Optional.ofNullable(failure.get()));
  }

  private void verify() {
    try {
      workload.verify(operations.get());
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Waits, and meanwhile delays threads where they are to be hit inside a sequence. */
  private void waitFor(Duration duration) throws InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    SplittableRandom random = new SplittableRandom(1);
    while (System.nanoTime() < end && failure.get() == null) {
      switch (disturbance) {
        case Between _, Everything _ -> delayElsewhere(random);
        case Crowding _, Delay _ -> {}
      }
      Thread.sleep(SHORT_DELAY_MILLIS);
    }
  }

  /** Delays at another point than before, or nowhere. */
  private void delayElsewhere(SplittableRandom random) {
    programs.forEach(program -> program.state().delay(0, SHORT_DELAY));
    InjectedProgram program = programs.get(random.nextInt(programs.size()));
    program.state().delay(random.nextInt(program.points() + 1), SHORT_DELAY);
  }

  private void work(Worker worker) {
    worker.start();
    started.countDown();
    long done = 0;
    try {
      started.await();
      while (!stop) {
        workload.operate(worker);
        done++;
      }
    } catch (Throwable e) {
      fail(e);
    }
    operations.addAndGet(done);
    ended.countDown();
    try {
      // Whoever is still at work may send this thread a signal.
      ended.await();
    } catch (InterruptedException e) {
      fail(e);
    }
  }

  private void manage() {
    SplittableRandom random = new SplittableRandom(2);
    try {
      boolean more = true;
      while (more && !stop) {
        more = workload.manage(random);
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void fail(Throwable problem) {
    failure.compareAndSet(null, problem);
    stop = true;
  }

  private long aborts() {
    return programs.stream().mapToLong(program -> program.state().restarts()).sum();
  }
}
