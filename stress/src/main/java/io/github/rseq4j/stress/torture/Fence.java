package io.github.rseq4j.stress.torture;

import io.github.rseq4j.internal.rseq.InjectedProgram;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.LibrseqSequences;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Threads add through the table that is active in the slice of their CPU, while a manager makes
 * another table active and fences; after that no counter of the first table changes until it is
 * active again, and the sum of all counters is exact.
 *
 * <pre>
 *   word 0          the number of the word where the active table begins
 *   words 1, 2      table A, whose entries are the numbers of the counters 5 and 6
 *   words 3, 4      table B, of the counters 7 and 8
 *   words 5 to 8    the counters
 * </pre>
 */
final class Fence implements Workload {
  private static final long ACTIVE = 0;
  private static final int ENTRIES = 2;
  private static final long[] TABLES = {1, 3};
  private static final long COUNTERS = 5;
  private static final long WORDS = 9;

  private final Slices slices;
  private final MethodHandle add;

  /** Of each slice, which table is not active, and what its counters are since. */
  private final int[] inactive;

  private final long[][] frozen;

  Fence(IndexKind index, List<InjectedProgram> programs) {
    slices = Slices.allocate(index, WORDS);
    add = programs.getFirst().handle();
    inactive = new int[slices.count()];
    frozen = new long[slices.count()][ENTRIES];
    for (int slice = 0; slice < slices.count(); slice++) {
      for (int table = 0; table < TABLES.length; table++) {
        for (int entry = 0; entry < ENTRIES; entry++) {
          slices.set(slice, TABLES[table] + entry, counter(table, entry));
        }
      }
      inactive[slice] = 1;
      slices.set(slice, ACTIVE, TABLES[0]);
    }
  }

  @Override
  public void operate(Worker worker) throws Throwable {
    long entry = worker.random().nextInt(ENTRIES);
    long result = (long) add.invokeExact(slices.region(), ACTIVE, entry, 1L);
    if (result != LibrseqSequences.SUCCESS) {
      throw new Violation("an addition returned %d".formatted(result));
    }
    worker.disturb();
  }

  @Override
  public boolean manage(SplittableRandom random) {
    int slice = random.nextInt(slices.count());
    requireFrozen(slice);
    int swapped = 1 - inactive[slice];
    slices.set(slice, ACTIVE, TABLES[inactive[slice]]);
    if (random.nextBoolean()) {
      slices.region().fence();
    } else {
      slices.region().fence(slice, slices.index() == IndexKind.MM_CID);
    }
    inactive[slice] = swapped;
    for (int entry = 0; entry < ENTRIES; entry++) {
      frozen[slice][entry] = slices.get(slice, counter(swapped, entry));
    }
    requireFrozen(slice);
    return true;
  }

  private void requireFrozen(int slice) {
    for (int entry = 0; entry < ENTRIES; entry++) {
      long found = slices.get(slice, counter(inactive[slice], entry));
      if (found != frozen[slice][entry]) {
        throw new Violation(
            "a counter of slice %d went from %d to %d after the fence"
                .formatted(slice, frozen[slice][entry], found));
      }
    }
  }

  @Override
  public void verify(long operations) {
    long sum = 0;
    for (long word = COUNTERS; word < WORDS; word++) {
      sum += slices.sum(word);
    }
    if (sum != operations) {
      throw new Violation("%d additions have a sum of %d".formatted(operations, sum));
    }
    for (int slice = 0; slice < slices.count(); slice++) {
      requireFrozen(slice);
    }
  }

  private static long counter(int table, int entry) {
    return COUNTERS + (long) table * ENTRIES + entry;
  }
}
