package io.github.rseq4j;

import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Links more programs than the code cache has room for, uses each, and prints what came out. */
final class CodeCacheRun {
  private static final int PROGRAMS = 5000;
  private static final int SEQUENCES = 16;
  private static final Address COUNT = Address.of("count", 0);

  private CodeCacheRun() {}

  public static void main(String[] arguments) throws Throwable {
    PerCpuRegion region = PerCpuRegion.allocate(Long.BYTES);
    Sequence[] sequences = new Sequence[SEQUENCES];
    Arrays.fill(
        sequences, Sequence.define("add", s -> s.commitAdd64(COUNT, 1, Exit.of("added", 1))));
    // Code goes with the last handle that calls it.
    List<MethodHandle> handles = new ArrayList<>();
    while (handles.size() < PROGRAMS && Rseq.availability().missing().isEmpty()) {
      MethodHandle add = region.link(Program.of("adds", sequences));
      handles.add(add);
      long result = (long) add.invokeExact();
      if (result != 1) {
        throw new IllegalStateException("result " + result);
      }
    }
    System.out.println("exact=" + (region.sum(0) == (long) handles.size() * SEQUENCES));
    System.out.println("active=" + Rseq.availability().active());
    System.out.println("programs=" + handles.size());
    System.out.println("missing_reasons=" + Rseq.availability().missing());
  }
}
