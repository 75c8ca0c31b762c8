package io.github.rseq4j.sequence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The depth-first search of a {@link ModelChecker} through all states. */
final class ModelSearch {
  private final int aborts;
  private final @Nullable ModelJudge<?> judge;
  private final Consumer<ModelChecker.End> atEnd;

  /** How many executions lead on from each state that was explored. */
  private final Map<ModelFingerprint, Long> explored = new HashMap<>();

  private final List<ModelState> path = new ArrayList<>();
  private ModelChecker.@Nullable Violation violation;

  ModelSearch(int aborts, @Nullable ModelJudge<?> judge, Consumer<ModelChecker.End> atEnd) {
    this.aborts = aborts;
    this.judge = judge;
    this.atEnd = atEnd;
  }

  /** Explores every state that can be reached, up to the first violation. */
  ModelChecker.Outcome from(ModelState first) {
    long executions = explore(first);
    return new ModelChecker.Outcome(explored.size(), executions, violation);
  }

  /** No state is met twice on a path: each move is a step ahead or one of few aborts. */
  private long explore(ModelState state) {
    ModelFingerprint fingerprint = state.fingerprint();
    Long known = explored.get(fingerprint);
    if (known != null) {
      return known;
    }
    List<ModelState.Move> moves = state.moves(aborts);
    long executions = moves.isEmpty() ? end(state) : 0;
    for (ModelState.Move move : moves) {
      ModelChoices choices = new ModelChoices();
      do {
        long further = make(move, choices, state);
        executions = executions > Long.MAX_VALUE - further ? Long.MAX_VALUE : executions + further;
      } while (violation == null && choices.next());
      if (violation != null) {
        break;
      }
    }
    explored.put(fingerprint, executions);
    return executions;
  }

  private long make(ModelState.Move move, ModelChoices choices, ModelState before) {
    ModelState state = before.copy();
    path.add(state);
    try {
      state.make(move, choices, before, judge);
    } catch (AssertionError e) {
      fail(e);
      return 1;
    }
    long executions = explore(state);
    path.removeLast();
    return executions;
  }

  private long end(ModelState state) {
    List<ModelChecker.Slice> slices = new ArrayList<>();
    for (int cpu = 0; cpu < ModelChecker.CPUS; cpu++) {
      slices.add(state.slice(cpu));
    }
    Map<String, List<Long>> results = new LinkedHashMap<>();
    for (ModelThread thread : state.threads()) {
      results.put(thread.role().name(), thread.results());
    }
    try {
      atEnd.accept(new ModelChecker.End(slices, results));
    } catch (AssertionError e) {
      fail(e);
    }
    return 1;
  }

  private void fail(AssertionError e) {
    List<String> trace = path.stream().map(ModelState::toString).toList();
    String message = String.join(" ", String.valueOf(e.getMessage()).strip().split("\\s+", -1));
    violation = new ModelChecker.Violation(message, trace);
  }
}
