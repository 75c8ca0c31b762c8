package io.github.rseq4j.benchmarks;

import io.github.rseq4j.Rseq;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.function.IntSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The number of the CPU that the thread runs on. */
@State(Scope.Benchmark)
public class CpuBenchmark extends Nanoseconds {
  /** Who tells it. */
  public enum Teller implements Contender {
    /** {@link Rseq#currentCpu}. */
    RSEQ("Rseq.currentCpu"),
    /**
     * The C library's function, by the kind of call that the JDK has for those that never block.
     */
    CRITICAL("sched_getcpu, critical call"),
    /** The C library's function, by a call as to any other. */
    PLAIN("sched_getcpu, plain call");

    private final String label;

    Teller(String label) {
      this.label = label;
    }

    @Override
    public String label() {
      return label;
    }

    @Override
    public boolean ours() {
      return this == RSEQ;
    }

    private IntSupplier open() {
      return switch (this) {
        case RSEQ -> Rseq::currentCpu;
        case CRITICAL -> CriticalCall::currentCpu;
        case PLAIN -> PlainCall::currentCpu;
      };
    }
  }

  /** Who is measured. */
  @Param public Teller contender = Teller.RSEQ;

  @SuppressWarnings("NullAway.Init") // set by open
  private IntSupplier cpu;

  /** Finds it. */
  @Setup
  public void open() {
    check(contender);
    cpu = contender.open();
  }

  /** Asks it. */
  @Benchmark
  public int currentCpu() {
    return cpu.getAsInt();
  }

  @SuppressWarnings("restricted")
  private static MethodHandle link(Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("sched_getcpu"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT),
        options);
  }

  private static final class CriticalCall {
    private static final MethodHandle HANDLE = link(Linker.Option.critical(false));

    static int currentCpu() {
      try {
        return (int) HANDLE.invokeExact();
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }

  private static final class PlainCall {
    private static final MethodHandle HANDLE = link();

    static int currentCpu() {
      try {
        return (int) HANDLE.invokeExact();
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }
}
