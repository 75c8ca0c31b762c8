package io.github.rseq4j.stress.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.rseq.InjectedProgram;
import io.github.rseq4j.sequence.IndexKind;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The matrix in its short form; skipped with the reason where there is nothing to abort. */
class TortureTest {
  static Stream<Arguments> rows() {
    return Arrays.stream(Suite.values())
        .flatMap(suite -> Arrays.stream(IndexKind.values()).map(index -> arguments(suite, index)));
  }

  private static void requireActive(IndexKind index) {
    Availability found = Rseq.availability();
    assumeTrue(found.active(), () -> "nothing is aborted here: " + found.reason());
    assumeTrue(
        found.indexKinds().contains(index),
        () -> "no %s here: %s".formatted(index, found.missing()));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("rows")
  void everyInvariantHoldsUnderEveryDisturbance(Suite suite, IndexKind index) throws Exception {
    requireActive(index);
    Tally tally = new Tally();
    new Row(suite, index)
        .run(
            Torture.QUICK,
            new Row.Listener() {
              @Override
              public void starts(Row row, Disturbance disturbance) {}

              @Override
              public void ends(Row row, Disturbance disturbance, Run.Outcome outcome) {
                assertThat(outcome.failure()).as("%s, %s", row, disturbance).isEmpty();
                tally.add(outcome);
              }
            });
    assertThat(tally.operations()).isPositive();
    assertThat(tally.aborts()).isPositive();
  }

  @ParameterizedTest
  @EnumSource(names = {"SPINLOCK", "INCREMENT", "FENCE"})
  void oneOperationTooManyOrTooFewIsNoticed(Suite suite) throws Throwable {
    requireActive(IndexKind.CPU_ID);
    List<InjectedProgram> programs = suite.link(IndexKind.CPU_ID);
    Workload workload = suite.create(IndexKind.CPU_ID, programs);
    Worker worker = new Worker(0, new Disturbance.Crowding(), new AtomicIntegerArray(1));
    for (int i = 0; i < 10; i++) {
      workload.operate(worker);
    }
    assertThatNoException().isThrownBy(() -> workload.verify(10));
    assertThatExceptionOfType(Violation.class).isThrownBy(() -> workload.verify(9));
    assertThatExceptionOfType(Violation.class).isThrownBy(() -> workload.verify(11));
  }
}
