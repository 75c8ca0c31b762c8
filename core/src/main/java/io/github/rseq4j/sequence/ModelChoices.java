package io.github.rseq4j.sequence;

import java.util.ArrayList;
import java.util.List;

/**
 * The choices within one move of a {@link ModelChecker}, all combinations of which it makes in
 * turn: the move is repeated, each time with the next combination.
 */
final class ModelChoices {
  private final List<Integer> picks = new ArrayList<>();
  private final List<Integer> options = new ArrayList<>();
  private int at;

  /** Returns one of {@code 0 .. count - 1}. */
  int choose(int count) {
    if (at == picks.size()) {
      picks.add(0);
      options.add(count);
    }
    return picks.get(at++);
  }

  /** Goes on to the next combination, and returns whether there is one. */
  boolean next() {
    at = 0;
    while (!picks.isEmpty()) {
      int pick = picks.removeLast() + 1;
      if (pick < options.getLast()) {
        picks.add(pick);
        return true;
      }
      options.removeLast();
    }
    return false;
  }
}
