package io.github.rseq4j.internal.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.SequenceState;
import io.github.rseq4j.internal.link.SequenceLinker;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;

/**
 * A program compiled with injection points, at which a thread is held, disturbed, and seen to
 * restart.
 */
public final class HeldSequence {
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Rounds of spinning: some tenths of a second, so that a busy machine finds time to disturb. */
  private static final long PATIENCE = 1L << 27;

  private static final int TRIES = 20;

  private final MethodHandle handle;
  private final SequenceState state;
  private final int points;

  public HeldSequence(Sequence sequence, IndexKind index) throws Exception {
    this(Program.of(sequence), index);
  }

  public HeldSequence(Program program, IndexKind index) throws Exception {
    Program indexed = program.indexedBy(index);
    SequenceLinker.Linked linked =
        Platform.current().machine().orElseThrow().injectingLinker().link(indexed);
    handle = RegionLinker.adapt(indexed, linked.handle());
    state = linked.state();
    points = SequenceCompiler.injectionPoints(indexed);
  }

  /**
   * What became of one call.
   *
   * @param result the result
   * @param disturbed whether it came to the point and was certainly disturbed there
   */
  public record Outcome(long result, boolean disturbed) {}

  /** What is done at one point. */
  public interface Trial {
    /** Returns whether a thread has been disturbed at the point. */
    boolean at(int point) throws Exception;
  }

  /**
   * Does something at every point in turn. It is tried again where no thread could be disturbed,
   * since a safepoint that is asked for meanwhile makes everything wait but the held thread.
   */
  public void atEveryPoint(Trial trial) throws Exception {
    for (int point = 1; point <= points; point++) {
      boolean disturbed = false;
      for (int tries = 0; tries < TRIES && !disturbed; tries++) {
        disturbed = trial.at(point);
      }
      assertThat(disturbed).as("disturbed at point %d of %d", point, points).isTrue();
    }
  }

  /**
   * Calls the program on a thread of its own that starts on {@code cpu}, does something else while
   * it is held at a point, and lets it finish.
   *
   * @param meanwhile must not need a safepoint
   * @param arguments the region, the offset, and those of the program
   * @return the result, and whether the thread was held all the while, but for aborts
   */
  public Outcome callAround(int point, int cpu, Runnable meanwhile, Object... arguments) {
    HeldCall call =
        HeldCall.start(
            state, point, PATIENCE, cpu, () -> (long) handle.invokeWithArguments(arguments));
    boolean held = false;
    long result;
    try {
      if (call.awaitArrival(System.nanoTime() + TIMEOUT_NANOS)) {
        meanwhile.run();
        held = call.held();
      }
    } finally {
      result = call.finish();
    }
    return new Outcome(result, held);
  }

  /**
   * Calls the program on a thread of its own that starts on {@code cpu}, disturbs it at a point,
   * sees that it has been aborted, and lets it finish.
   *
   * @param arguments the region, the offset, and those of the program
   */
  public Outcome call(int point, int cpu, Disturbance disturbance, Object... arguments)
      throws Exception {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    HeldCall call =
        HeldCall.start(
            state, point, PATIENCE, cpu, () -> (long) handle.invokeWithArguments(arguments));
    boolean disturbed = false;
    long result;
    try {
      disturbed = call.awaitArrival(deadline) && disturbance.disturb(call, deadline);
    } finally {
      result = call.finish();
    }
    if (disturbed) {
      assertThat(call.restarts()).as("restarts at point %d", point).isPositive();
    }
    return new Outcome(result, disturbed);
  }
}
