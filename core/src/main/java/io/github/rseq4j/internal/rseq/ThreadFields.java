package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.internal.linux.Libc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Optional;
import java.util.function.Function;

/** The fields of the calling thread's area, one call each. */
public final class ThreadFields {
  /** What a field reads as where there is none. */
  private static final int UNKNOWN = -1;

  private static final Platform PLATFORM = Platform.current();
  private static final MethodHandle CPU_ID = reader(side -> Optional.of(side.cpuId()));
  private static final MethodHandle NODE_ID = reader(Platform.Machine::nodeId);
  private static final MethodHandle MM_CID = reader(Platform.Machine::mmCid);

  private ThreadFields() {}

  /** Returns the CPU number, or -1. */
  public static int cpuId() {
    int cpu = read(CPU_ID);
    return cpu >= 0 ? cpu : cpuIdSlowly();
  }

  /** Returns the NUMA node's number, or -1. */
  public static int nodeId() {
    // In a thread that is not registered the other fields read as 0.
    return read(CPU_ID) >= 0 || cpuIdSlowly() >= 0 ? nodeIdOfRegistered() : UNKNOWN;
  }

  /** Returns the memory map concurrency id, or -1. */
  public static int mmCid() {
    return read(CPU_ID) >= 0 || PLATFORM.registerThread() ? read(MM_CID) : UNKNOWN;
  }

  private static int nodeIdOfRegistered() {
    int node = read(NODE_ID);
    return node >= 0 ? node : Math.max(UNKNOWN, Libc.currentNode());
  }

  private static int cpuIdSlowly() {
    if (PLATFORM.registerThread()) {
      int cpu = read(CPU_ID);
      if (cpu >= 0) {
        return cpu;
      }
    }
    return Math.max(UNKNOWN, Libc.schedGetcpu());
  }

  private static MethodHandle reader(Function<Platform.Machine, Optional<MethodHandle>> field) {
    return PLATFORM
        .machine()
        .flatMap(field)
        .orElseGet(() -> MethodHandles.constant(int.class, UNKNOWN));
  }

  private static int read(MethodHandle reader) {
    try {
      return (int) reader.invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
