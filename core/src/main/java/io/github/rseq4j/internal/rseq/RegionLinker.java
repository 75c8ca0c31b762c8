package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.internal.compile.SequenceLinker;
import io.github.rseq4j.internal.compile.SequenceLinker.Linked;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Source;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Links sequences to regions.
 *
 * <p>A linked sequence is a handle of type {@code (Region, parameters...)long}, each parameter a
 * {@code long} or a {@link MemorySegment}; it is meant for a {@code static final} field, and to be
 * called with {@code invokeExact}. It never answers {@link Exit#UNREGISTERED}: a thread that is not
 * registered is, and the sequence runs again; one that cannot be works under a lock instead.
 */
public final class RegionLinker {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final MethodHandle BASE = find(Region.class, "base", long.class, long.class);
  private static final MethodHandle STRIDE = find(Region.class, "stride", long.class);
  private static final MethodHandle REGISTERED =
      find(RegionLinker.class, "registered", boolean.class, long.class);
  private static final MethodHandle RUN_UNREGISTERED =
      find(
          RegionLinker.class,
          "runUnregistered",
          long.class,
          Sequence.class,
          MethodHandle.class,
          Region.class,
          long.class,
          Object[].class);
  private static final MethodHandle RUN_LOCKED =
      find(
          RegionLinker.class,
          "runLocked",
          long.class,
          Sequence.class,
          Region.class,
          long.class,
          Object[].class);

  private RegionLinker() {}

  /** Links a sequence for the backend that is active. */
  public static MethodHandle link(Sequence sequence) {
    return MethodHandles.insertArguments(linkAnywhere(sequence), 1, 0L);
  }

  /**
   * Links a sequence that may work on any part of a slice. The handle takes, behind the region, the
   * offset in each slice from which the addresses of the sequence count, and trusts its caller for
   * it: the offset, plus {@link Sequence#minimumSlice()}, must not exceed the stride.
   *
   * @throws IllegalArgumentException if an address of the sequence has an index, for it would be
   *     checked against the size of the whole slice
   */
  public static MethodHandle linkAt(Sequence sequence) {
    for (Step step : sequence.steps()) {
      if (step.address() != null && step.address().index() != null) {
        throw new IllegalArgumentException("indexed address in " + step);
      }
    }
    return linkAnywhere(sequence);
  }

  private static MethodHandle linkAnywhere(Sequence sequence) {
    Platform platform = Platform.current();
    if (platform.machine().isEmpty()) {
      return collecting(RUN_LOCKED.bindTo(sequence), sequence);
    }
    Platform.Machine machine = platform.machine().get();
    try {
      SequenceLinker linker = new SequenceLinker(machine.space(), machine.target());
      Linked linked = linker.link(sequence);
      platform.count(linked.state());
      return adapt(sequence, linked.handle());
    } catch (CodeSpaceException e) {
      // It was to be had when the platform was detected.
      throw new IllegalStateException(e);
    }
  }

  /**
   * Makes a handle that takes a region and an offset of one that takes a base and a stride.
   *
   * @param raw as {@link Linked#handle()}
   */
  static MethodHandle adapt(Sequence sequence, MethodHandle raw) {
    MethodType type = type(sequence);
    MethodHandle filtered =
        MethodHandles.collectArguments(MethodHandles.filterArguments(raw, 1, STRIDE), 0, BASE);
    // region and offset for the base, once more the region for the stride, then the parameters
    int[] order = new int[type.parameterCount() + 1];
    order[1] = 1;
    for (int i = 3; i < order.length; i++) {
      order[i] = i - 1;
    }
    MethodHandle fast = MethodHandles.permuteArguments(filtered, type, order);
    MethodHandle spread =
        fast.asSpreader(Object[].class, sequence.parameters().size())
            .asType(MethodType.methodType(long.class, Region.class, long.class, Object[].class));
    MethodHandle slow =
        collecting(MethodHandles.insertArguments(RUN_UNREGISTERED, 0, sequence, spread), sequence);
    MethodHandle answer =
        MethodHandles.dropArguments(MethodHandles.identity(long.class), 1, type.parameterList());
    MethodHandle choose =
        MethodHandles.guardWithTest(
            REGISTERED, answer, MethodHandles.dropArguments(slow, 0, long.class));
    return MethodHandles.foldArguments(choose, fast);
  }

  private static MethodType type(Sequence sequence) {
    MethodType type = MethodType.methodType(long.class, Region.class, long.class);
    for (Parameter parameter : sequence.parameters()) {
      type =
          type.appendParameterTypes(
              switch (parameter) {
                case Value _ -> long.class;
                case Source _ -> MemorySegment.class;
              });
    }
    return type;
  }

  private static MethodHandle collecting(MethodHandle target, Sequence sequence) {
    int count = sequence.parameters().size();
    return target.asCollector(Object[].class, count).asType(type(sequence));
  }

  @SuppressWarnings("UnusedMethod") // called through REGISTERED
  private static boolean registered(long result) {
    return result != Exit.UNREGISTERED;
  }

  @SuppressWarnings("UnusedMethod") // called through RUN_LOCKED
  private static long runLocked(Sequence sequence, Region region, long offset, Object[] arguments) {
    return region.runLocked(sequence, offset, arguments);
  }

  @SuppressWarnings("UnusedMethod") // called through RUN_UNREGISTERED
  private static long runUnregistered(
      Sequence sequence, MethodHandle fast, Region region, long offset, Object[] arguments)
      throws Throwable {
    // A virtual thread may have left the carrier that was registered before it runs again.
    while (Platform.current().registerThread()) {
      long result = (long) fast.invokeExact(region, offset, arguments);
      if (registered(result)) {
        return result;
      }
    }
    return region.runLocked(sequence, offset, arguments);
  }

  private static MethodHandle find(
      Class<?> owner, String name, Class<?> result, Class<?>... parameters) {
    try {
      MethodType type = MethodType.methodType(result, parameters);
      return owner == Region.class
          ? LOOKUP.findVirtual(owner, name, type)
          : LOOKUP.findStatic(owner, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
