package io.github.rseq4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rseq4j.benchmarks.report.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SuiteTest {
  private static Suite suite(Pace pace) {
    return new Suite(pace, pace.threads(), Path.of("unused"));
  }

  @Test
  void quicklyTakesLessThanTenMinutes() {
    assertThat(Driver.time(suite(Pace.QUICK).heats(List.of())))
        .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(9));
  }

  @Test
  void allTakesAnHourOrAndAHalf() {
    assertThat(Driver.time(suite(Pace.FULL).heats(List.of())))
        .isBetween(Duration.ofMinutes(60), Duration.ofMinutes(90));
  }

  @Test
  void everyHeatHasOneOfOursAndSomethingToHoldItAgainst() {
    for (Heat heat : suite(Pace.QUICK).heats(List.of())) {
      assertThat(heat.contestants())
          .as("%s", heat.subject())
          .anyMatch(each -> each.role() == Role.OURS)
          .anyMatch(each -> each.role() == Role.RIVAL)
          .extracting(Contestant::label)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void onlyWhatIsAskedForIsRun() {
    assertThat(suite(Pace.QUICK).heats(List.of("limit", "cpu")))
        .extracting(heat -> heat.subject().group())
        .containsOnly("cpu", "limit");
    assertThatThrownBy(() -> suite(Pace.QUICK).heats(List.of("cpu", "cpus")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("there is no group cpus; there are cpu, counter, ");
  }

  @ParameterizedTest
  @EnumSource
  void aGroupRunsEachOperationWithAllThreads(Group group) {
    List<Heat> heats = new JmhHeats(group, Pace.QUICK, List.of(1, 3), Path.of("unused")).all();
    for (Operation operation : group.operations()) {
      assertThat(heats)
          .filteredOn(heat -> heat.subject().operation().startsWith(operation.description()))
          .extracting(Heat::x)
          .containsAll(operation.threading() == Threading.ONE ? List.of() : List.of("1", "3"))
          .isNotEmpty();
    }
  }

  @Test
  void everyCombinationOfParametersIsMade() {
    assertThat(JmhHeats.combinations(Map.of())).containsExactly(Map.of());
    assertThat(JmhHeats.combinations(Map.of("a", List.of("1", "2"), "b", List.of("3", "4"))))
        .containsExactly(
            Map.of("a", "1", "b", "3"),
            Map.of("a", "1", "b", "4"),
            Map.of("a", "2", "b", "3"),
            Map.of("a", "2", "b", "4"));
  }
}
