package io.github.rseq4j.stress.torture;

import io.github.rseq4j.internal.rseq.InjectedProgram;
import io.github.rseq4j.sequence.IndexKind;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Threads pop an item from the stack of their CPU and push it to that of whatever CPU they are on
 * then; at the end every item is in one stack, once.
 *
 * <p>In each slice word 0 is the number of items, which are in the words behind it.
 */
final class WordBuffer implements Workload {
  private static final long COUNT = 0;

  private final Slices slices;
  private final int items;
  private final MethodHandle push;
  private final MethodHandle pop;

  WordBuffer(IndexKind index, List<InjectedProgram> programs) {
    push = programs.get(0).handle();
    pop = programs.get(1).handle();
    int count = Slices.allocate(index, 1).count();
    items = Items.count(count);
    slices = Slices.allocate(index, items + 1L);
    for (int slice = 0; slice < count; slice++) {
      for (long item = Items.first(slice); item <= Items.last(slice); item++) {
        long top = slices.get(slice, COUNT) + 1;
        slices.set(slice, top, item);
        slices.set(slice, COUNT, top);
      }
    }
  }

  @Override
  public void operate(Worker worker) throws Throwable {
    while (true) {
      int slice = slices.current();
      long top = slices.get(slice, COUNT);
      if (top == 0) {
        return;
      }
      long item = slices.get(slice, top);
      long result = (long) pop.invokeExact(slices.region(), COUNT, top, top, item, top - 1);
      worker.disturb();
      if (worker.succeeded(result)) {
        push(worker, Items.require(item, items));
        return;
      }
      worker.retry();
    }
  }

  private void push(Worker worker, long item) throws Throwable {
    worker.complete(
        () -> {
          long top = slices.get(slices.current(), COUNT) + 1;
          return (long) push.invokeExact(slices.region(), COUNT, top - 1, top, item, top);
        });
  }

  @Override
  public void verify(long operations) {
    Items found = new Items(slices.count());
    for (int slice = 0; slice < slices.count(); slice++) {
      for (long at = 1; at <= slices.get(slice, COUNT); at++) {
        found.find(slices.get(slice, at), slice);
      }
    }
    found.requireAll();
  }
}
