package io.github.rseq4j.stress.torture;

import io.github.rseq4j.internal.rseq.InjectedProgram;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.LibrseqSequences;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** Threads add to the counter of their CPU; the sum is the number of additions. */
final class Increment implements Workload {
  private static final long COUNT = 0;

  private final Slices slices;
  private final MethodHandle add;

  Increment(IndexKind index, List<InjectedProgram> programs) {
    slices = Slices.allocate(index, COUNT + 1);
    add = programs.getFirst().handle();
  }

  @Override
  public void operate(Worker worker) throws Throwable {
    long result = (long) add.invokeExact(slices.region(), COUNT, 1L);
    if (result != LibrseqSequences.SUCCESS) {
      throw new Violation("an addition returned %d".formatted(result));
    }
    worker.disturb();
  }

  @Override
  public void verify(long operations) {
    long sum = slices.sum(COUNT);
    if (sum != operations) {
      throw new Violation("%d additions have a sum of %d".formatted(operations, sum));
    }
  }
}
