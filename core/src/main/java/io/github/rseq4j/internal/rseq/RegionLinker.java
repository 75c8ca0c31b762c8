package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.internal.compile.SequenceLinker;
import io.github.rseq4j.internal.compile.SequenceLinker.Linked;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Source;
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
  private static final MethodHandle BASE = find(Region.class, "base", long.class);
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
          Object[].class);
  private static final MethodHandle RUN_LOCKED =
      find(
          RegionLinker.class,
          "runLocked",
          long.class,
          Sequence.class,
          Region.class,
          Object[].class);

  private RegionLinker() {}

  /** Links a sequence for the backend that is active, by the index that suits the platform best. */
  public static MethodHandle link(Sequence sequence) {
    return link(sequence, Platform.current().index());
  }

  /** Links a sequence for the backend that is active. */
  public static MethodHandle link(Sequence sequence, IndexKind index) {
    Platform platform = Platform.current();
    if (platform.machine().isEmpty()) {
      return collecting(RUN_LOCKED.bindTo(sequence), sequence);
    }
    Platform.Machine machine = platform.machine().get();
    try {
      SequenceLinker linker = new SequenceLinker(machine.space(), machine.target());
      Linked linked = linker.link(sequence.indexedBy(index));
      platform.count(linked.state());
      return adapt(sequence, linked.handle());
    } catch (CodeSpaceException e) {
      // It was to be had when the platform was detected.
      throw new IllegalStateException(e);
    }
  }

  /**
   * Makes a handle that takes a region of one that takes its base and stride.
   *
   * @param raw as {@link Linked#handle()}
   */
  static MethodHandle adapt(Sequence sequence, MethodHandle raw) {
    MethodType type = type(sequence);
    MethodHandle filtered = MethodHandles.filterArguments(raw, 0, BASE, STRIDE);
    int[] order = new int[type.parameterCount() + 1];
    for (int i = 1; i < order.length; i++) {
      order[i] = i - 1;
    }
    MethodHandle fast = MethodHandles.permuteArguments(filtered, type, order);
    MethodHandle spread =
        fast.asSpreader(Object[].class, type.parameterCount() - 1)
            .asType(MethodType.methodType(long.class, Region.class, Object[].class));
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
    MethodType type = MethodType.methodType(long.class, Region.class);
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
  private static long runLocked(Sequence sequence, Region region, Object[] arguments) {
    return region.runLocked(sequence, arguments);
  }

  @SuppressWarnings("UnusedMethod") // called through RUN_UNREGISTERED
  private static long runUnregistered(
      Sequence sequence, MethodHandle fast, Region region, Object[] arguments) throws Throwable {
    // A virtual thread may have left the carrier that was registered before it runs again.
    while (Platform.current().registerThread()) {
      long result = (long) fast.invokeExact(region, arguments);
      if (registered(result)) {
        return result;
      }
    }
    return region.runLocked(sequence, arguments);
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
