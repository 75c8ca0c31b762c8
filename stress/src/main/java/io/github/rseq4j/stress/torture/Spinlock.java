package io.github.rseq4j.stress.torture;

import io.github.rseq4j.internal.rseq.InjectedProgram;
import io.github.rseq4j.sequence.IndexKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * Threads take the lock of their CPU, count in its plain counter, and release it from wherever they
 * have got to; no two hold a lock at once, and the counters' sum is exact.
 */
final class Spinlock implements Workload {
  private static final long LOCK = 0;
  private static final long OWNER = 1;
  private static final long COUNT = 2;
  private static final long FREE = 0;

  private final Slices slices;
  private final MethodHandle compareAndStore;

  Spinlock(IndexKind index, List<InjectedProgram> programs) {
    slices = Slices.allocate(index, COUNT + 1);
    compareAndStore = programs.getFirst().handle();
  }

  @Override
  public void operate(Worker worker) throws Throwable {
    long token = worker.number() + 1L;
    int slice = lock(worker, token);
    MemorySegment memory = slices.region().memory();
    long start = slice * slices.region().stride();
    long owner = start + OWNER * Long.BYTES;
    long count = start + COUNT * Long.BYTES;
    long before = memory.get(ValueLayout.JAVA_LONG, count);
    memory.set(ValueLayout.JAVA_LONG, owner, token);
    worker.disturb();
    long found = memory.get(ValueLayout.JAVA_LONG, owner);
    if (found != token) {
      throw new Violation(
          "%d and %d hold the lock of slice %d at once".formatted(token, found, slice));
    }
    memory.set(ValueLayout.JAVA_LONG, count, before + 1);
    slices.set(slice, LOCK, FREE);
  }

  /** Takes the lock of some slice, and returns which. */
  private int lock(Worker worker, long token) throws Throwable {
    while (!worker.succeeded(
        (long) compareAndStore.invokeExact(slices.region(), LOCK, FREE, token))) {
      worker.retry();
    }
    // The sequence loaded the lock without acquiring; what it guards is read after that.
    VarHandle.acquireFence();
    for (int slice = 0; slice < slices.count(); slice++) {
      if (slices.get(slice, LOCK) == token) {
        return slice;
      }
    }
    throw new Violation("%d took a lock, and none is its own".formatted(token));
  }

  @Override
  public void verify(long operations) {
    for (int slice = 0; slice < slices.count(); slice++) {
      long holder = slices.get(slice, LOCK);
      if (holder != FREE) {
        throw new Violation("the lock of slice %d was left to %d".formatted(slice, holder));
      }
    }
    long sum = slices.sum(COUNT);
    if (sum != operations) {
      throw new Violation("%d counted under locks have a sum of %d".formatted(operations, sum));
    }
  }
}
