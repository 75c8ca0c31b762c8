package io.github.rseq4j.benchmarks;

import io.github.rseq4j.percpu.PerCpuLongAdder;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.LongAdder;

/** A JVM that does one thing and ends. */
final class StartupProgram {
  /** The thing. */
  enum Act {
    /** Nothing at all. */
    NOTHING("nothing"),
    /** One call of native code that stays in Java's state. */
    CRITICAL_CALL("first critical FFM call"),
    /** One addition to the JDK's counter. */
    LONG_ADDER("first LongAdder add"),
    /** One addition to this library's counter. */
    PER_CPU_LONG_ADDER("first PerCpuLongAdder add");

    private final String label;

    Act(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  private StartupProgram() {}

  /** Does it. */
  @SuppressWarnings("restricted") // a function of the C library, by its prototype
  public static void main(String... arguments) throws Throwable {
    switch (Act.valueOf(arguments[0])) {
      case NOTHING -> {}
      case CRITICAL_CALL -> {
        Linker linker = Linker.nativeLinker();
        MethodHandle call =
            linker.downcallHandle(
                linker.defaultLookup().findOrThrow("sched_getcpu"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT),
                Linker.Option.critical(false));
        require((int) call.invokeExact() >= 0);
      }
      case LONG_ADDER -> {
        LongAdder adder = new LongAdder();
        adder.add(1);
        require(adder.sum() == 1);
      }
      case PER_CPU_LONG_ADDER -> {
        PerCpuLongAdder adder = new PerCpuLongAdder();
        adder.add(1);
        require(adder.sum() == 1);
      }
    }
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw new AssertionError();
    }
  }
}
