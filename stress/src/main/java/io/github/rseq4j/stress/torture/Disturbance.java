package io.github.rseq4j.stress.torture;

import java.util.ArrayList;
import java.util.List;

/** What is done to the threads of a workload. */
sealed interface Disturbance {
  /** Returns the disturbances for programs with so many injection points each. */
  static List<Disturbance> all(int[] points) {
    List<Disturbance> all = new ArrayList<>();
    all.add(new Crowding());
    for (int program = 0; program < points.length; program++) {
      for (int point = 1; point <= points[program]; point++) {
        all.add(new Delay(program, point));
      }
    }
    for (Action action : Action.values()) {
      for (int every : Between.EVERY) {
        all.add(new Between(action, every));
      }
    }
    all.add(new Everything());
    return List.copyOf(all);
  }

  /** Returns the name of the kind. */
  String kind();

  /** What a thread does between two calls of a sequence. */
  enum Action {
    /** Lets another thread run. */
    YIELD("yields"),
    /** Sends a signal to a thread of the workload. */
    SIGNAL("signals"),
    /** Sleeps. */
    SLEEP("sleeps"),
    /** Moves itself to a CPU. */
    MOVE("moves");

    private final String kind;

    Action(String kind) {
      this.kind = kind;
    }
  }

  /** Nothing but that there are more threads than CPUs. */
  record Crowding() implements Disturbance {
    @Override
    public String kind() {
      return "crowding";
    }

    @Override
    public String toString() {
      return "crowding alone";
    }
  }

  /**
   * Every thread spins at one point inside a sequence, each time that it comes there.
   *
   * @param program the number of the program, from 0
   * @param point the injection point in it, from 1
   */
  record Delay(int program, int point) implements Disturbance {
    @Override
    public String kind() {
      return "delays";
    }

    @Override
    public String toString() {
      return "delays at point %d of sequence %d".formatted(point, program + 1);
    }
  }

  /**
   * Every thread does something between two calls of a sequence, and is delayed for a short time at
   * one point after another inside, so that what the others do meets it there.
   *
   * @param action what
   * @param every after how many calls again
   */
  record Between(Action action, int every) implements Disturbance {
    static final List<Integer> EVERY = List.of(1, 4, 16);

    @Override
    public String kind() {
      return action.kind;
    }

    @Override
    public String toString() {
      return every == 1
          ? kind() + " after each call"
          : kind() + " after every %dth call".formatted(every);
    }
  }

  /** Every thread does one thing or another between two calls, with the same short delays. */
  record Everything() implements Disturbance {
    /** After how many calls on average each action is taken. */
    static final int EVERY = 32;

    @Override
    public String kind() {
      return "everything";
    }

    @Override
    public String toString() {
      return "everything at once";
    }
  }
}
