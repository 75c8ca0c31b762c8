package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.internal.link.SequenceLinker.Linked;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import io.github.rseq4j.sequence.CallerMemory;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;

/**
 * Links programs to regions.
 *
 * <p>A linked program is a handle of type {@code (Region, parameters...)long}, each parameter a
 * {@code long} or a {@link MemorySegment}; it is meant for a {@code static final} field, and to be
 * called with {@code invokeExact}. It never answers {@link Exit#UNREGISTERED}: a thread that is not
 * registered is, and the program goes on; one that cannot be works under a lock instead, as do all
 * threads where there is no memory for the program's machine code. The region stays reachable until
 * the call has returned.
 */
public final class RegionLinker {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final MethodHandle BASE = find(Region.class, "base", long.class, long.class);
  private static final MethodHandle STRIDE = find(Region.class, "stride", long.class);
  private static final MethodHandle REGISTERED =
      find(RegionLinker.class, "registered", boolean.class, long.class);
  private static final MethodHandle ANSWER =
      find(RegionLinker.class, "answer", long.class, long.class, Region.class);

  private RegionLinker() {}

  /** Links a sequence for the backend that is active. */
  public static MethodHandle link(Sequence sequence) {
    return link(Program.of(sequence));
  }

  /**
   * Links a program for the backend that is active. Where the kernel has no mm_cid, cpu_id takes
   * its place.
   */
  public static MethodHandle link(Program program) {
    return MethodHandles.insertArguments(linkAnywhere(program), 1, 0L);
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
    return linkAnywhere(Program.of(sequence));
  }

  private static MethodHandle linkAnywhere(Program program) {
    Platform platform = Platform.current();
    if (platform.machine().isEmpty()) {
      return LockedRegions.link(program);
    }
    Platform.Machine machine = platform.machine().get();
    try {
      boolean hasIndex = platform.availability().indexKinds().contains(program.index());
      Linked linked =
          machine.linker().link(hasIndex ? program : program.indexedBy(IndexKind.CPU_ID));
      platform.count(linked.state());
      linked.refusal().ifPresent(reason -> platform.isNoMethod(program, reason));
      return adapt(program, linked.handle());
    } catch (CodeSpaceException e) {
      // It was to be had when the platform was detected, and may be again for the next program.
      platform.runsLocked(program, e);
      return LockedRegions.link(program);
    }
  }

  /**
   * Makes a handle that takes a region and an offset of one that takes a base and a stride.
   *
   * @param raw as {@link Linked#handle()}
   */
  static MethodHandle adapt(Program program, MethodHandle raw) {
    MethodType type = type(program);
    MethodHandle filtered =
        MethodHandles.collectArguments(MethodHandles.filterArguments(raw, 1, STRIDE), 0, BASE);
    // region and offset for the base, once more the region for the stride, then the parameters
    int[] order = new int[type.parameterCount() + 1];
    order[1] = 1;
    for (int i = 3; i < order.length; i++) {
      order[i] = i - 1;
    }
    MethodHandle fast = MethodHandles.permuteArguments(filtered, type, order);
    MethodHandle slow = new Unregistered(program, fast).handle();
    MethodHandle answer =
        MethodHandles.dropArgumentsToMatch(
            ANSWER, 0, type.insertParameterTypes(0, long.class).parameterList(), 0);
    return MethodHandles.foldArguments(MethodHandles.guardWithTest(REGISTERED, answer, slow), fast);
  }

  /** Returns the type of a program's handle that takes a region and an offset. */
  static MethodType type(Program program) {
    MethodType type = MethodType.methodType(long.class, Region.class, long.class);
    for (Parameter parameter : program.parameters()) {
      type =
          type.appendParameterTypes(
              switch (parameter) {
                case Value _ -> long.class;
                case CallerMemory _ -> MemorySegment.class;
              });
    }
    return type;
  }

  /** Returns whether a result is not that of a thread without an index. */
  static boolean registered(long result) {
    return result >= 0 || result == Exit.OUT_OF_BOUNDS;
  }

  @SuppressWarnings("UnusedMethod") // called through ANSWER
  private static long answer(long result, Region region) {
    try {
      return result;
    } finally {
      Reference.reachabilityFence(region);
    }
  }

  /** Returns a method of a class of this package, which is virtual if the class is the region. */
  static MethodHandle find(Class<?> owner, String name, Class<?> result, Class<?>... parameters) {
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
