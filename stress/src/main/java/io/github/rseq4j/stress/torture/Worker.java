package io.github.rseq4j.stress.torture;

import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import io.github.rseq4j.sequence.LibrseqSequences;
import io.github.rseq4j.stress.torture.Disturbance.Action;
import io.github.rseq4j.stress.torture.Disturbance.Between;
import io.github.rseq4j.stress.torture.Disturbance.Everything;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/** One thread of a workload, and what it disturbs itself and the others with. */
final class Worker {
  /** How many words a thread has to copy to and from, and their size. */
  static final int SCRATCH_WORDS = 5;

  static final int SCRATCH_BYTES = SCRATCH_WORDS * Long.BYTES;

  private static final long SLEEP_NANOS = 200_000;

  /** After how many retries in a row the CPU is left to whoever is in the way. */
  private static final int RETRIES_BEFORE_YIELD = 16;

  /** How long retries in a row may take before something must be wrong. */
  private static final long MAX_RETRYING_NANOS = 60_000_000_000L;

  private static final int[] CPUS = CpuSet.allowed().ids().stream().toArray();

  private final int number;
  private final Disturbance disturbance;
  private final AtomicIntegerArray tids;
  private final SplittableRandom random;
  private final MemorySegment scratch;
  private long calls;
  private int retries;
  private long retryingSince;

  /**
   * Makes a worker.
   *
   * @param number from 0
   * @param tids the numbers of the threads of all workers, each of which sets its own
   */
  Worker(int number, Disturbance disturbance, AtomicIntegerArray tids) {
    this.number = number;
    this.disturbance = disturbance;
    this.tids = tids;
    this.random = new SplittableRandom(number);
    this.scratch =
        number % 2 == 0
            ? MemorySegment.ofArray(new long[SCRATCH_WORDS])
            : Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, SCRATCH_WORDS);
  }

  int number() {
    return number;
  }

  SplittableRandom random() {
    return random;
  }

  /** Returns memory of this thread's own, on the heap in every other thread. */
  MemorySegment scratch() {
    return scratch;
  }

  /** Tells the others which thread this is. */
  void start() {
    tids.set(number, Threads.gettid());
  }

  /** Returns whether an operation was done, after seeing that it was either that or refused. */
  boolean succeeded(long result) {
    if (result == LibrseqSequences.SUCCESS) {
      retries = 0;
      return true;
    }
    if (result == LibrseqSequences.BRANCHED) {
      return false;
    }
    throw new Violation("an operation returned %d".formatted(result));
  }

  /** One call of a sequence, which may be refused. */
  interface Attempt {
    long call() throws Throwable;
  }

  /** Tries an operation until it is done, and disturbs after each attempt. */
  void complete(Attempt attempt) throws Throwable {
    while (true) {
      long result = attempt.call();
      disturb();
      if (succeeded(result)) {
        return;
      }
      retry();
    }
  }

  /** Waits a little before something that was refused is tried again. */
  void retry() {
    retries++;
    if (retries == 1) {
      retryingSince = System.nanoTime();
    } else if (retries % RETRIES_BEFORE_YIELD == 0) {
      if (System.nanoTime() - retryingSince > MAX_RETRYING_NANOS) {
        throw new Violation("thread %d was refused %d times in a row".formatted(number, retries));
      }
      yieldCpu();
    } else {
      Thread.onSpinWait();
    }
  }

  /** Does what is to be done between two calls. */
  void disturb() {
    calls++;
    switch (disturbance) {
      case Between(var action, int every) -> {
        if (calls % every == 0) {
          act(action);
        }
      }
      case Everything _ -> {
        for (Action action : Action.values()) {
          if (random.nextInt(Everything.EVERY) == 0) {
            act(action);
          }
        }
      }
      case Disturbance.Crowding _, Disturbance.Delay _ -> {}
    }
  }

  private void act(Action action) {
    switch (action) {
      case YIELD -> yieldCpu();
      case SIGNAL -> Threads.tgkill(tids.get(random.nextInt(tids.length())), Threads.SIGPIPE);
      case SLEEP -> LockSupport.parkNanos(SLEEP_NANOS);
      case MOVE -> Threads.setAffinity(0, CpuSet.of(CPUS[random.nextInt(CPUS.length)]));
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // what the scheduler makes of it is what is tested
  private static void yieldCpu() {
    Thread.yield();
  }
}
