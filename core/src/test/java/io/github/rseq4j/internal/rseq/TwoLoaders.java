package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.percpu.PerCpuLongAdder;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.atomic.LongAdder;

/** Uses two copies of rseq4j in one process, and prints what came out. */
public final class TwoLoaders {
  private static final int ADDED = 1000;

  private TwoLoaders() {}

  public static void main(String[] arguments) throws Exception {
    say("first", Rseq.availability().active(), Rseq.availability().reason(), new PerCpuLongAdder());
    URL classes = Rseq.class.getProtectionDomain().getCodeSource().getLocation();
    // The parent is that of the JDK's base module: the others know the module of the first copy.
    try (var loader = new URLClassLoader(new URL[] {classes}, null)) {
      Object availability =
          loader.loadClass(Rseq.class.getName()).getMethod("availability").invoke(null);
      Class<?> type = availability.getClass();
      say(
          "second",
          type.getMethod("active").invoke(availability),
          type.getMethod("reason").invoke(availability),
          (LongAdder)
              loader.loadClass(PerCpuLongAdder.class.getName()).getConstructor().newInstance());
    }
  }

  private static void say(String copy, Object active, Object reason, LongAdder adder) {
    for (int i = 0; i < ADDED; i++) {
      adder.increment();
    }
    System.out.println(copy + "_active=" + active);
    System.out.println(copy + "_reason=" + reason);
    System.out.println(copy + "_exact=" + (adder.sum() == ADDED));
  }
}
