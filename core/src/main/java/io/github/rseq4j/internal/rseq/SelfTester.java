package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.Availability.Missing;
import io.github.rseq4j.SelfTest;
import io.github.rseq4j.SelfTest.Check;
import io.github.rseq4j.SelfTest.Outcome;
import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.SequenceState;
import io.github.rseq4j.internal.link.SequenceLinker;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.KernelVersion;
import io.github.rseq4j.internal.linux.Libc;
import io.github.rseq4j.internal.linux.Mapping;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows whether the running kernel aborts sequences: it holds a thread of its own within one,
 * disturbs it, and looks at the count of aborts and at the effect.
 */
public final class SelfTester {
  /** The system property that, being {@value #ALWAYS}, has the test run when the library starts. */
  static final String PROPERTY = "rseq4j.selfTest";

  private static final String ALWAYS = "always";

  private static final String FEATURE = "self-test";

  private static final long STRIDE = 128;
  private static final Address COUNT = Address.of("count", 0);
  private static final int COUNTED = 0;

  /** Counts by a load and a store, so that a count is lost or doubled if it is not restarted. */
  private static final Program INCREMENT =
      Program.of(
          Sequence.define(
              "self_test_increment",
              s -> {
                var count = s.load64("count", COUNT);
                s.commit64(COUNT, s.add("next", count, 1), Exit.of("counted", COUNTED));
              }));

  /** The point before the commit. */
  private static final int POINT = SequenceCompiler.injectionPoints(INCREMENT);

  /**
   * How long a thread is held at most, in rounds of spinning: tens of milliseconds, several time
   * slices of the scheduler. A thread that wants a safepoint has to wait no longer.
   */
  private static final long PATIENCE = 1 << 25;

  /** How long each check may take: far longer than on any machine that is not emulated. */
  private static final long BOUND_MILLIS = 10_000;

  /** How often each check has to succeed: a profiler's signal may abort a sequence by chance. */
  private static final int ROUNDS = 3;

  /** The tester of {@link #run}, kept because its code can never be freed. */
  private static @Nullable SelfTester current;

  private final MethodHandle increment;
  private final MethodHandle registration;
  private final SequenceState state;
  private final MemorySegment counts;
  private final int home = home();
  private long calls;

  SelfTester(Platform.Machine machine) throws CodeSpaceException {
    SequenceLinker.Linked linked = machine.injectingLinker().link(INCREMENT);
    increment = linked.handle();
    state = linked.state();
    registration = machine.registration();
    counts = Mapping.reserve(STRIDE * machine.target().indices());
  }

  /** Tests the running kernel; see {@link io.github.rseq4j.Rseq#selfTest}. */
  public static synchronized SelfTest run() {
    Optional<Platform.Machine> machine = Platform.current().machine();
    if (machine.isEmpty()) {
      return notRun("rseq is not active");
    }
    try {
      if (current == null) {
        current = new SelfTester(machine.get());
      }
      return current.test();
    } catch (CodeSpaceException e) {
      return notRun(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Tests the running kernel, if it has to be before anything rests on it.
   *
   * @return why sequences must not be run as machine code; empty if they may
   */
  static Optional<Missing> objection(Platform.Machine machine) throws CodeSpaceException {
    String property = System.getProperty(PROPERTY);
    if (property != null && !property.equals(ALWAYS)) {
      return Optional.of(
          new Missing(
              FEATURE,
              "the system property %s is \"%s\"".formatted(PROPERTY, property),
              "remove it, or make it " + ALWAYS));
    }
    return property != null || isDue(machine.processor().arch(), KernelVersion.release())
        ? judge(new SelfTester(machine).test())
        : Optional.empty();
  }

  /**
   * Returns whether kernels of a release are known to fail, or may: those for arm64 from 6.19 on. A
   * later one has been mended if it is 7.0.14 or 7.1, but what a distribution calls by such a
   * number may not.
   */
  static boolean isDue(Arch arch, Optional<String> release) {
    return arch == Arch.AARCH64
        && release.map(name -> KernelVersion.isAtLeast(name, 6, 19)).orElse(true);
  }

  /**
   * Judges a test on which everything rests: nothing may have failed, and preemption, which is what
   * kernels are known to fail, must have passed.
   */
  static Optional<Missing> judge(SelfTest test) {
    Optional<Check> failure =
        Stream.of(test.preemption(), test.migration(), test.signal())
            .filter(check -> check.outcome() == Outcome.FAILED)
            .findFirst();
    if (failure.isPresent()) {
      return Optional.of(
          new Missing(FEATURE, failure.get().reason(), "use Linux 7.0.14, 7.1 or later"));
    }
    return test.preemption().outcome() == Outcome.PASSED
        ? Optional.empty()
        : Optional.of(
            new Missing(
                FEATURE,
                "whether the kernel aborts sequences must be tested, and cannot be: "
                    + test.preemption().reason(),
                "allow sched_setaffinity, and the threads some time on their CPU"));
  }

  /** Does all checks, one after another. */
  synchronized SelfTest test() {
    return new SelfTest(
        check(Disturbance.MIGRATION), check(Disturbance.PREEMPTION), check(Disturbance.SIGNAL));
  }

  private Check check(Disturbance disturbance) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BOUND_MILLIS);
    int rounds = 0;
    while (rounds < ROUNDS && System.nanoTime() - deadline < 0) {
      HeldCall call = HeldCall.start(state, POINT, PATIENCE, home, this::increment);
      boolean disturbed = false;
      String impossible = "";
      try {
        disturbed = call.awaitArrival(deadline) && disturbance.disturb(call, deadline);
      } catch (Disturbance.ImpossibleException e) {
        impossible = String.valueOf(e.getMessage());
      } finally {
        calls += call.finish() == COUNTED ? 1 : 0;
      }
      if (sum() != calls) {
        return new Check(
            Outcome.FAILED,
            "%d increments have made %d, when a thread was %s"
                .formatted(calls, sum(), disturbance));
      }
      if (!impossible.isEmpty()) {
        return new Check(Outcome.NOT_RUN, impossible);
      }
      if (disturbed && call.restarts() == 0) {
        return new Check(
            Outcome.FAILED,
            "the kernel has not aborted a sequence whose thread was " + disturbance);
      }
      rounds += disturbed ? 1 : 0;
    }
    return rounds == ROUNDS
        ? new Check(Outcome.PASSED, "")
        : new Check(
            Outcome.NOT_RUN,
            "no thread could be %s within %d ms".formatted(disturbance, BOUND_MILLIS));
  }

  private long increment() throws Throwable {
    long result = (long) increment.invokeExact(counts.address(), STRIDE);
    if (result == Exit.UNREGISTERED && (long) registration.invokeExact() == 0) {
      result = (long) increment.invokeExact(counts.address(), STRIDE);
    }
    return result;
  }

  private long sum() {
    long sum = 0;
    for (long at = 0; at < counts.byteSize(); at += STRIDE) {
      sum += counts.get(ValueLayout.JAVA_LONG, at);
    }
    return sum;
  }

  /** Returns a CPU that the caller, who has to run meanwhile, is not on, if there is one. */
  private static int home() {
    BitSet cpus = CpuSet.allowed().ids();
    int here = Libc.schedGetcpu();
    int first = cpus.nextSetBit(0);
    int second = cpus.nextSetBit(first + 1);
    return first == here && second >= 0 ? second : first;
  }

  private static SelfTest notRun(String reason) {
    Check check = new Check(Outcome.NOT_RUN, reason);
    return new SelfTest(check, check, check);
  }
}
