package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a script of a {@link ModelChecker} from its start: it is given the answers of before,
 * and stopped at the first action that has none yet.
 */
final class ModelReplay implements ModelChecker.Actions {
  /** Stops a script; an error, so that a script that catches exceptions is stopped too. */
  private static final class Stop extends Error {
    private static final long serialVersionUID = 1;

    Stop() {
      super(null, null, false, false);
    }
  }

  private final int sliceBytes;
  private final List<ModelAction.Answer> answers;
  private final List<Long> results = new ArrayList<>();
  private int answered;
  private @Nullable ModelAction pending;

  private ModelReplay(int sliceBytes, List<ModelAction.Answer> answers) {
    this.sliceBytes = sliceBytes;
    this.answers = answers;
  }

  /** Runs a script up to the action behind its last answer, or to its end. */
  static ModelReplay of(
      ModelChecker.Script script, int sliceBytes, List<ModelAction.Answer> answers) {
    ModelReplay replay = new ModelReplay(sliceBytes, answers);
    try {
      script.run(replay);
    } catch (Stop stopped) {
      // the action is pending
    }
    return replay;
  }

  /** Returns the action that has no answer yet, or null if the script has ended. */
  @Nullable ModelAction pending() {
    return pending;
  }

  /** Returns the results of the sequences and programs that were run. */
  List<Long> results() {
    return List.copyOf(results);
  }

  @Override
  public long run(Sequence sequence, Object... arguments) {
    return run(Program.of(sequence), arguments);
  }

  @Override
  public long run(Program program, Object... arguments) {
    ModelAction.Answer answer =
        answer(new ModelAction.Run(program, ModelChecker.Call.arguments(arguments)));
    Iterator<MemorySegment> destinations = answer.destinations().iterator();
    for (int i = 0; destinations.hasNext(); i++) {
      if (program.parameters().get(i) instanceof Destination) {
        ((MemorySegment) arguments[i]).copyFrom(destinations.next());
      }
    }
    results.add(answer.number());
    return answer.number();
  }

  @Override
  public long get(int cpu, long offset) {
    return answer(new ModelAction.Get(cpu, requireWord(cpu, offset), false)).number();
  }

  @Override
  public long getAcquire(int cpu, long offset) {
    return answer(new ModelAction.Get(cpu, requireWord(cpu, offset), true)).number();
  }

  @Override
  public void set(int cpu, long offset, long value) {
    answer(new ModelAction.Set(cpu, requireWord(cpu, offset), value, false));
  }

  @Override
  public void setRelease(int cpu, long offset, long value) {
    answer(new ModelAction.Set(cpu, requireWord(cpu, offset), value, true));
  }

  @Override
  public void fence(int cpu) {
    requireWord(cpu, 0);
    answer(new ModelAction.Fence(cpu));
  }

  private ModelAction.Answer answer(ModelAction action) {
    if (answered == answers.size()) {
      if (pending == null) {
        pending = action;
      }
      throw new Stop();
    }
    return answers.get(answered++);
  }

  private long requireWord(int cpu, long offset) {
    if (cpu < 0 || cpu >= ModelChecker.CPUS) {
      throw new IllegalArgumentException(
          "CPU %d is not in 0..%d".formatted(cpu, ModelChecker.CPUS - 1));
    }
    if (offset < 0 || offset >= sliceBytes || offset % Long.BYTES != 0) {
      throw new IllegalArgumentException(
          "offset %d is not that of a word in 0..%d".formatted(offset, sliceBytes - Long.BYTES));
    }
    return offset;
  }
}
