package io.github.rseq4j.stress.torture;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.rseq.InjectedProgram;
import io.github.rseq4j.sequence.IndexKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A workload and the index it goes by: a row of the matrix, whose columns are the disturbances.
 *
 * @param suite the workload
 * @param index what its sequences select a slice by
 */
record Row(Suite suite, IndexKind index) {
  /** Hears what the runs of a row come to. */
  interface Listener {
    /** Is told before each run. */
    void starts(Row row, Disturbance disturbance);

    /** Is told after it. */
    void ends(Row row, Disturbance disturbance, Run.Outcome outcome);
  }

  /** Returns the rows for the kinds of index that there are here. */
  static List<Row> all() {
    Set<IndexKind> kinds = Rseq.availability().indexKinds();
    return Arrays.stream(Suite.values())
        .flatMap(
            suite ->
                Arrays.stream(IndexKind.values())
                    .filter(kinds::contains)
                    .map(index -> new Row(suite, index)))
        .toList();
  }

  /** Returns the columns. */
  List<Disturbance> disturbances() {
    return Disturbance.all(suite.points());
  }

  /** Runs the workload under each disturbance, on fresh memory, for so long each. */
  void run(Duration each, Listener listener) throws InterruptedException {
    List<InjectedProgram> programs = suite.link(index);
    for (Disturbance disturbance : disturbances()) {
      listener.starts(this, disturbance);
      Workload workload = suite.create(index, programs);
      listener.ends(this, disturbance, Run.of(workload, disturbance, programs, each));
    }
  }

  @Override
  public String toString() {
    return suite + ", " + index;
  }
}
