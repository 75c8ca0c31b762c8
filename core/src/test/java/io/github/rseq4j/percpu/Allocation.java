package io.github.rseq4j.percpu;

import java.lang.reflect.Method;

/** What the thread at hand has allocated so far. */
final class Allocation {
  private static final Object THREADS;
  private static final Method ALLOCATED;

  // By reflection, because the module under test does not read jdk.management.
  static {
    try {
      THREADS =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      ALLOCATED =
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getCurrentThreadAllocatedBytes");
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Allocation() {}

  /** Returns how many bytes; asking takes some itself. */
  static long bytes() {
    try {
      return (long) ALLOCATED.invoke(THREADS);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
