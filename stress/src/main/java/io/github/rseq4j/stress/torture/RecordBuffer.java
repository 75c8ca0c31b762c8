package io.github.rseq4j.stress.torture;

import io.github.rseq4j.internal.rseq.InjectedProgram;
import io.github.rseq4j.sequence.IndexKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Threads copy a record out of the stack of their CPU, taking it away, and copy it into that of
 * whatever CPU they are on then; every record stays whole, and at the end each is in one stack,
 * once.
 *
 * <p>In each slice word 0 is the number of records, which are in the words behind it.
 */
final class RecordBuffer implements Workload {
  private static final long COUNT = 0;
  private static final long RECORDS = Long.BYTES;

  private final Slices slices;
  private final int items;
  private final MethodHandle push;
  private final MethodHandle pop;

  RecordBuffer(IndexKind index, List<InjectedProgram> programs) {
    push = programs.get(0).handle();
    pop = programs.get(1).handle();
    int count = Slices.allocate(index, 1).count();
    items = Items.count(count);
    slices = Slices.allocate(index, (long) items * Worker.SCRATCH_WORDS + 1);
    for (int slice = 0; slice < count; slice++) {
      for (long item = Items.first(slice); item <= Items.last(slice); item++) {
        long number = slices.get(slice, COUNT);
        write(record(slice, number), item);
        slices.set(slice, COUNT, number + 1);
      }
    }
  }

  @Override
  public void operate(Worker worker) throws Throwable {
    MemorySegment record = worker.scratch();
    while (true) {
      long count = slices.get(slices.current(), COUNT);
      if (count == 0) {
        return;
      }
      long result =
          (long) pop.invokeExact(slices.region(), COUNT, count, record, at(count - 1), count - 1);
      worker.disturb();
      if (worker.succeeded(result)) {
        Items.require(read(record), items);
        push(worker, record);
        return;
      }
      worker.retry();
    }
  }

  private void push(Worker worker, MemorySegment record) throws Throwable {
    worker.complete(
        () -> {
          long count = slices.get(slices.current(), COUNT);
          return (long)
              push.invokeExact(slices.region(), COUNT, count, at(count), record, count + 1);
        });
  }

  @Override
  public void verify(long operations) {
    Items found = new Items(slices.count());
    for (int slice = 0; slice < slices.count(); slice++) {
      for (long number = 0; number < slices.get(slice, COUNT); number++) {
        found.find(read(record(slice, number)), slice);
      }
    }
    found.requireAll();
  }

  private MemorySegment record(int slice, long number) {
    return slices
        .region()
        .memory()
        .asSlice(slice * slices.region().stride() + at(number), Worker.SCRATCH_BYTES);
  }

  private static long at(long number) {
    return RECORDS + number * Worker.SCRATCH_BYTES;
  }

  private static void write(MemorySegment record, long item) {
    for (int word = 0; word < Worker.SCRATCH_WORDS; word++) {
      record.setAtIndex(ValueLayout.JAVA_LONG, word, wordOf(item, word));
    }
  }

  private static long read(MemorySegment record) {
    long item = record.get(ValueLayout.JAVA_LONG, 0);
    for (int word = 0; word < Worker.SCRATCH_WORDS; word++) {
      long found = record.getAtIndex(ValueLayout.JAVA_LONG, word);
      if (found != wordOf(item, word)) {
        throw new Violation("record %d is torn: its word %d is %#x".formatted(item, word, found));
      }
    }
    return item;
  }

  /** Differs between any two records, and is the item in word 0. */
  private static long wordOf(long item, int word) {
    return item * (1 + word * 0x1_0000_0001L);
  }
}
