package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.SequenceState;
import io.github.rseq4j.internal.link.SequenceLinker;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * A sequence compiled with injection points, at which a thread is held, disturbed, and seen to
 * restart.
 */
public final class HeldSequence {
  private static final long TIMEOUT_NANOS = 10_000_000_000L;

  private final MethodHandle handle;
  private final SequenceState state;
  private final int points;

  public HeldSequence(Sequence sequence, IndexKind index) throws Exception {
    Program program = Program.of(sequence.indexedBy(index));
    Platform.Machine machine = Platform.current().machine().orElseThrow();
    SequenceLinker.Linked linked =
        new SequenceLinker(machine.processor(), machine.space(), machine.target().withInjection())
            .link(program);
    handle = RegionLinker.adapt(program, linked.handle());
    state = linked.state();
    points = SequenceCompiler.injectionPoints(program);
  }

  public int points() {
    return points;
  }

  /**
   * What became of one call.
   *
   * @param result the result
   * @param restarts how often the sequence was aborted; -1 if it never came to the point
   */
  public record Outcome(long result, long restarts) {}

  /**
   * Calls the sequence on a thread of its own that starts on {@code cpu}, disturbs it at a point
   * until it has restarted, and lets it finish.
   *
   * @param disturbance receives the number of the held thread
   */
  public Outcome call(int point, int cpu, IntConsumer disturbance, Object... arguments)
      throws InterruptedException {
    AtomicInteger tid = new AtomicInteger();
    AtomicReference<Object> end = new AtomicReference<>();
    state.hold(point);
    long before = state.restarts();
    Thread thread =
        new Thread(
            () -> {
              Threads.setAffinity(0, CpuSet.of(cpu));
              tid.set(Threads.gettid());
              try {
                end.set(handle.invokeWithArguments(arguments));
              } catch (Throwable e) {
                end.set(e);
              }
            });
    thread.start();
    boolean arrived = false;
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (end.get() == null && System.nanoTime() < deadline) {
      if (state.arrived() == point) {
        arrived = true;
        disturbance.accept(tid.get());
        if (state.restarts() > before) {
          break;
        }
      }
      Thread.onSpinWait();
    }
    long restarts = state.restarts() - before;
    state.hold(0);
    thread.join();
    if (!(end.get() instanceof Long result)) {
      throw new AssertionError("the held call failed", (Throwable) end.get());
    }
    return new Outcome(result, arrived ? restarts : -1);
  }
}
