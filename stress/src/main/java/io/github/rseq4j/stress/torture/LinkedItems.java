package io.github.rseq4j.stress.torture;

import io.github.rseq4j.internal.rseq.InjectedProgram;
import io.github.rseq4j.sequence.IndexKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Threads pop an item from the list of their CPU and push it to that of whatever CPU they are on
 * then; at the end every item is in one list, once.
 *
 * <p>In each slice word 0 is the head of its list, and word n the link of item n: the next item, or
 * 0 behind the last.
 */
final class LinkedItems implements Workload {
  private static final long HEAD = 0;
  private static final long NONE = 0;

  private final Slices slices;
  private final int items;
  private final MethodHandle push;
  private final MethodHandle pop;

  LinkedItems(IndexKind index, List<InjectedProgram> programs) {
    push = programs.get(0).handle();
    pop = programs.get(1).handle();
    int count = Slices.allocate(index, 1).count();
    items = Items.count(count);
    slices = Slices.allocate(index, items + 1L);
    for (int slice = 0; slice < count; slice++) {
      for (long item = Items.first(slice); item <= Items.last(slice); item++) {
        slices.set(slice, item, slices.get(slice, HEAD));
        slices.set(slice, HEAD, item);
      }
    }
  }

  @Override
  public void operate(Worker worker) throws Throwable {
    MemorySegment popped = worker.scratch();
    long result = (long) pop.invokeExact(slices.region(), HEAD, NONE, 0L, popped);
    worker.disturb();
    if (worker.succeeded(result)) {
      push(worker, Items.require(popped.get(ValueLayout.JAVA_LONG, 0), items));
    }
  }

  private void push(Worker worker, long item) throws Throwable {
    worker.complete(
        () -> {
          long head = slices.get(slices.current(), HEAD);
          return (long) push.invokeExact(slices.region(), HEAD, head, item, head, item);
        });
  }

  @Override
  public void verify(long operations) {
    Items found = new Items(slices.count());
    for (int slice = 0; slice < slices.count(); slice++) {
      for (long item = slices.get(slice, HEAD); item != NONE; item = slices.get(slice, item)) {
        found.find(item, slice);
      }
    }
    found.requireAll();
  }
}
