package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Program;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What becomes of a program that has come to a sequence for which its thread has no index: the
 * thread is registered and the program goes on, or what is left of it runs under a lock.
 *
 * <p>Few programs ever come here, so that what runs under a lock is compiled when it is needed.
 */
final class Unregistered {
  private static final MethodType SPREAD =
      MethodType.methodType(long.class, Region.class, long.class, Object[].class);
  private static final MethodHandle RUN;

  static {
    try {
      RUN =
          MethodHandles.lookup()
              .findVirtual(Unregistered.class, "run", SPREAD.insertParameterTypes(0, long.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Program program;
  private final MethodHandle fast;

  /** The rest of the program, under a lock, by the number of the sequence it begins with. */
  private final Map<Integer, MethodHandle> rests = new ConcurrentHashMap<>();

  /**
   * Makes the slow path of a program.
   *
   * @param fast runs the program on a thread that is registered
   */
  Unregistered(Program program, MethodHandle fast) {
    this.program = program;
    this.fast = spread(fast);
  }

  /** Returns a handle that takes, before the arguments, the result that led here. */
  MethodHandle handle() {
    return RUN.bindTo(this)
        .asCollector(Object[].class, program.parameters().size())
        .asType(RegionLinker.type(program).insertParameterTypes(0, long.class));
  }

  @SuppressWarnings("UnusedMethod") // called through RUN
  private long run(long result, Region region, long offset, Object[] arguments) throws Throwable {
    long unregistered = result;
    // A virtual thread may have left the carrier that was registered before it runs again.
    while (unregistered == Exit.UNREGISTERED && Platform.current().registerThread()) {
      unregistered = (long) fast.invokeExact(region, offset, arguments);
      if (RegionLinker.registered(unregistered)) {
        return unregistered;
      }
    }
    MethodHandle rest =
        rests.computeIfAbsent(Exit.unregisteredSequence(unregistered), this::compileFrom);
    return (long) rest.invokeExact(region, offset, arguments);
  }

  private MethodHandle compileFrom(int sequence) {
    return spread(LockedRegions.link(program.from(sequence)));
  }

  private MethodHandle spread(MethodHandle handle) {
    return handle.asSpreader(Object[].class, program.parameters().size()).asType(SPREAD);
  }
}
