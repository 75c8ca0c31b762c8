package io.github.rseq4j.sequence;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one thread of a {@link ModelChecker}.
 *
 * @param role what it does
 * @param answers how its actions have ended, which with the script is all that it knows
 * @param pending the action at hand, or null if the script has ended
 * @param arguments those of the program at hand
 * @param sequence which sequence of that program is at hand
 * @param inside its run of that sequence, or null if it is outside
 * @param aborts how often it was aborted
 * @param view what it has seen of the memory
 */
record ModelThread(
    Role role,
    List<ModelAction.Answer> answers,
    @Nullable ModelAction pending,
    List<Object> arguments,
    int sequence,
    @Nullable Inside inside,
    int aborts,
    ModelView view) {
  /**
   * What a thread does.
   *
   * @param name its name in traces
   * @param script its actions
   * @param sliceBytes the size of each slice
   * @param looks whether it may touch slices from outside of sequences
   */
  record Role(String name, ModelChecker.Script script, int sliceBytes, boolean looks) {}

  /**
   * A sequence under way.
   *
   * @param frame its values, and where it is
   * @param cpu the CPU that it began on
   * @param copied how many parts of the copy at hand are done
   */
  record Inside(Frame frame, int cpu, int copied) {}

  /** Returns a thread that has done nothing yet. */
  static ModelThread begin(Role role) {
    return begin(role, List.of(), 0, ModelView.NOTHING);
  }

  private static ModelThread begin(
      Role role, List<ModelAction.Answer> answers, int aborts, ModelView view) {
    ModelAction pending = ModelReplay.of(role.script, role.sliceBytes, answers).pending();
    List<Object> arguments = pending instanceof ModelAction.Run run ? run.arguments() : List.of();
    return new ModelThread(role, answers, pending, arguments, 0, null, aborts, view);
  }

  /** Returns this thread after the action at hand, which was no program. */
  ModelThread answered(long number, ModelView seen) {
    return answered(number, List.of(), seen);
  }

  private ModelThread answered(long number, List<MemorySegment> destinations, ModelView seen) {
    List<ModelAction.Answer> longer = new ArrayList<>(answers);
    longer.add(new ModelAction.Answer(number, destinations));
    return begin(role, longer, aborts, seen);
  }

  /** Returns this thread inside a sequence. */
  ModelThread in(Frame frame, int cpu, int copied, ModelView seen) {
    Inside run = new Inside(frame, cpu, copied);
    return new ModelThread(role, answers, pending, arguments, sequence, run, aborts, seen);
  }

  /** Returns this thread after the run at hand was aborted. */
  ModelThread aborted(Inside run) {
    List<Object> left = run.frame.arguments();
    return new ModelThread(role, answers, pending, left, sequence, null, aborts + 1, view);
  }

  /** Returns this thread after a sequence has ended; it goes on with the next one, if any. */
  ModelThread left(Frame ended, long result, ModelView seen) {
    if (!ended.committed() || sequence + 1 == program().sequences().size()) {
      return answered(result, ended.destinations(), seen);
    }
    return new ModelThread(
        role, answers, pending, ended.arguments(), sequence + 1, null, aborts, seen);
  }

  /** Returns the sequence at hand. */
  Sequence current() {
    return program().sequences().get(sequence);
  }

  private Program program() {
    if (pending instanceof ModelAction.Run run) {
      return run.program();
    }
    throw new IllegalStateException(role.name + " runs no program");
  }

  /** Returns the results of the sequences and programs that were run. */
  List<Long> results() {
    return ModelReplay.of(role.script, role.sliceBytes, answers).results();
  }

  /** Adds all but the view, which is relative to others. */
  void addTo(ModelFingerprint.Builder sum) {
    sum.add(answers.size());
    for (ModelAction.Answer answer : answers) {
      sum.add(answer.number());
      addMemory(answer.destinations(), sum);
    }
    addMemory(arguments, sum);
    sum.add(sequence);
    sum.add(aborts);
    if (inside == null) {
      sum.add(-1);
    } else {
      sum.add(inside.cpu);
      sum.add(inside.copied);
      inside.frame.forEachNumber(sum::add);
      addMemory(inside.frame.destinations(), sum);
    }
  }

  private static void addMemory(List<?> arguments, ModelFingerprint.Builder sum) {
    for (Object argument : arguments) {
      if (argument instanceof MemorySegment segment) {
        for (long at = 0; at < segment.byteSize(); at++) {
          sum.add(segment.get(ValueLayout.JAVA_BYTE, at));
        }
      }
    }
  }
}
