package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.internal.link.LockedLinker;
import io.github.rseq4j.sequence.Program;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.locks.ReentrantLock;

/** Links programs to regions under locks; where rseq is active, few processes ever need it. */
final class LockedRegions {
  private static final MethodHandle LOCKED_SLICE = find("lockedSlice", int.class);
  private static final MethodHandle LOCK = find("lock", ReentrantLock.class, int.class);
  private static final MethodHandle START = find("start", long.class, int.class);
  private static final MethodHandle MEMORY = find("memory", MemorySegment.class);
  private static final MethodHandle STRIDE = find("stride", long.class);

  private LockedRegions() {}

  /** Links a program to run under a lock: a handle of type {@code (Region, offset, ...)long}. */
  static MethodHandle link(Program program) {
    MethodHandle filtered =
        MethodHandles.filterArguments(
            MethodHandles.filterArguments(LockedLinker.link(program), 3, STRIDE), 1, MEMORY);
    MethodHandle collected =
        MethodHandles.collectArguments(MethodHandles.collectArguments(filtered, 2, START), 0, LOCK);
    MethodType type = RegionLinker.type(program);
    // region and slice for the lock, region for the memory, region and slice for the start, region
    // for the stride, then the offset and the parameters
    int[] order = new int[type.parameterCount() + 5];
    System.arraycopy(new int[] {1, 0, 1, 1, 0, 1}, 0, order, 0, 6);
    for (int i = 6; i < order.length; i++) {
      order[i] = i - 4;
    }
    return MethodHandles.foldArguments(
        MethodHandles.permuteArguments(collected, type.insertParameterTypes(0, int.class), order),
        LOCKED_SLICE);
  }

  private static MethodHandle find(String name, Class<?> result, Class<?>... parameters) {
    return RegionLinker.find(Region.class, name, result, parameters);
  }
}
