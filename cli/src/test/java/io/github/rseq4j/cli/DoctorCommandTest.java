package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.github.rseq4j.Availability;
import io.github.rseq4j.Rseq;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  private final Availability availability = Rseq.availability();
  private final int expectedExitCode = availability.active() ? 0 : 2;

  @Test
  void peopleGetEverythingAndAVerdict() {
    Run run = Run.of("doctor");

    assertThat(run.exitCode()).isEqualTo(expectedExitCode);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains(availability.kernel(), availability.libc(), availability.backend())
        .contains("live check      exact, ", "\nself-test ", "\n  preemption    ");
    assertThat(run.out()).doesNotContain("FAILED");
    assertThat(run.out().lines().toList())
        .last()
        .asString()
        .startsWith("verdict         " + (availability.active() ? "active: " : "fallback: "));
    assertThat(run.out().lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
  }

  @Test
  void programsGetJson() {
    Run run = Run.of("doctor", "--json");

    assertThat(run.exitCode()).isEqualTo(expectedExitCode);
    assertThat(run.err()).isEmpty();
    JsonObject json = JsonTest.parse(run.out()).getAsJsonObject();
    assertThat(json.keySet())
        .contains(
            "active",
            "backend",
            "registered_by",
            "kernel",
            "libc",
            "feature_size",
            "index",
            "possible_cpus",
            "restarts",
            "reason")
        .allSatisfy(key -> assertThat(key).matches("[a-z0-9_]+"));
    assertThat(json.get("active").getAsBoolean()).isEqualTo(availability.active());
    assertThat(json.get("backend").getAsString()).isEqualTo(availability.backend());
    assertThat(json.get("kernel").getAsString()).isEqualTo(availability.kernel());
    assertThat(json.get("possible_cpus").getAsString()).isEqualTo(availability.cpus().possible());
    assertThat(json.get("reason").getAsString()).isEqualTo(availability.reason());
    assertThat(json.get("index").isJsonNull()).isEqualTo(availability.index().isEmpty());
    assertThat(json.get("restarts").getAsLong()).isNotNegative();
    JsonObject test = json.getAsJsonObject("self_test");
    assertThat(test.keySet()).containsExactly("migration", "preemption", "signal");
    assertThat(test.getAsJsonObject("signal").get("outcome").getAsString())
        .isEqualTo(availability.active() ? "passed" : "not_run");
    JsonObject live = json.getAsJsonObject("live_check");
    assertThat(live.get("exact").getAsBoolean()).isTrue();
    assertThat(live.get("additions").getAsLong()).isPositive();
    assertThat(live.get("records").getAsLong()).isPositive();
  }
}
