package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.github.rseq4j.Availability;
import io.github.rseq4j.Availability.Area;
import io.github.rseq4j.Availability.Cpus;
import io.github.rseq4j.Availability.Missing;
import io.github.rseq4j.Availability.Registrar;
import io.github.rseq4j.SelfTest;
import io.github.rseq4j.SelfTest.Check;
import io.github.rseq4j.SelfTest.Outcome;
import io.github.rseq4j.sequence.IndexKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DoctorReportTest {
  private static final Cpus CPUS = new Cpus("0-7", "0-3", "1");
  private static final Missing MISSING = new Missing("a thing", "it is not there", "buy it");

  private static final Availability ACTIVE =
      active(Registrar.RSEQ4J, new Area(false, -32, 0, 20, 0));
  private static final Availability EXTENDED =
      active(Registrar.LIBC, new Area(false, 192, 33, 33, 64));

  private static final Availability FALLBACK =
      new Availability(
          false,
          "bytecode",
          "",
          "the \"reason\"; the remedy",
          Registrar.NOBODY,
          Optional.empty(),
          Set.of(),
          List.of(),
          Optional.empty(),
          "Mac OS X 26",
          "unknown",
          CPUS,
          List.of(),
          "denied",
          List.of(MISSING));

  private static final LiveCheck.Result EXACT = new LiveCheck.Result(4, 3000, 1000, 7, List.of());
  private static final LiveCheck.Result WRONG =
      new LiveCheck.Result(4, 3000, 1000, 7, List.of("a sum: 1 instead of 2"));

  private static final SelfTest PASSED = selfTest(Outcome.PASSED, "");
  private static final SelfTest NOT_RUN = selfTest(Outcome.NOT_RUN, "rseq is not active");
  private static final SelfTest FAILED = selfTest(Outcome.FAILED, "it was not aborted");

  private static Availability active(Registrar registrar, Area area) {
    return new Availability(
        true,
        "x86-64",
        "ffm",
        "",
        registrar,
        Optional.of(IndexKind.CPU_ID),
        Set.of(IndexKind.CPU_ID),
        List.of("cpu_id"),
        Optional.of(area),
        "5.10.0",
        "glibc 2.35",
        CPUS,
        List.of("GLOBAL", "PRIVATE_EXPEDITED_RSEQ", "REGISTER_PRIVATE_EXPEDITED_RSEQ"),
        "warned",
        List.of(MISSING));
  }

  private static SelfTest selfTest(Outcome preemption, String reason) {
    return new SelfTest(
        new Check(Outcome.NOT_RUN, "one CPU"),
        new Check(preemption, reason),
        new Check(Outcome.PASSED, ""));
  }

  @Test
  void theExitCodeTellsTheThreeOutcomesApart() {
    assertThat(new DoctorReport(ACTIVE, PASSED, EXACT, 7).exitCode()).isZero();
    assertThat(new DoctorReport(FALLBACK, NOT_RUN, EXACT, 0).exitCode()).isEqualTo(2);
    assertThat(new DoctorReport(ACTIVE, PASSED, WRONG, 7).exitCode()).isEqualTo(1);
    assertThat(new DoctorReport(FALLBACK, NOT_RUN, WRONG, 0).exitCode()).isEqualTo(1);
    assertThat(new DoctorReport(ACTIVE, FAILED, EXACT, 7).exitCode()).isEqualTo(1);
  }

  @Test
  void whatIsMissingIsSaidWithReasonAndRemedy() {
    assertThat(new DoctorReport(ACTIVE, PASSED, EXACT, 7).toString())
        .contains("missing         a thing: it is not there", "  remedy        buy it")
        .contains(
            "by rseq4j",
            "20 bytes in use (the C library says 0), at thread pointer -32",
            "cpu_id (of cpu_id)")
        .contains("0-7", "0-3", "--enable-native-access=io.github.rseq4j", "7 seen")
        .contains("2,000 records", "1,000 discarded");
  }

  @Test
  void theModeOfRegistrationIsNamed() {
    DoctorReport original = new DoctorReport(ACTIVE, PASSED, EXACT, 7);
    assertThat(original.toString()).contains("as it first needs it; original mode");
    assertThat(parse(original).get("area_extended").getAsBoolean()).isFalse();

    DoctorReport extended = new DoctorReport(EXTENDED, PASSED, EXACT, 7);
    assertThat(extended.toString()).contains("each thread as it starts; extended mode");
    assertThat(parse(extended).get("area_extended").getAsBoolean()).isTrue();
  }

  @Test
  void whoKeepsTheAreaIsNamed() {
    DoctorReport libc = new DoctorReport(ACTIVE, PASSED, EXACT, 7);
    assertThat(libc.toString()).contains("20 bytes in use (the C library says 0)");
    assertThat(parse(libc).get("area_own").getAsBoolean()).isFalse();

    Area own = new Area(true, 832, 0, 28, 32);
    DoctorReport ours = new DoctorReport(active(Registrar.RSEQ4J, own), PASSED, EXACT, 7);
    assertThat(ours.toString())
        .contains("28 bytes in use (rseq4j's own, as the C library has none)");
    assertThat(parse(ours).get("area_own").getAsBoolean()).isTrue();
  }

  @Test
  void aWrongSumIsShownAndJudged() {
    DoctorReport report = new DoctorReport(ACTIVE, PASSED, WRONG, 7);

    assertThat(report.toString())
        .contains("a sum: 1 instead of 2", "verdict         NOT EXACT")
        .doesNotContain("active: ");
    JsonObject live = parse(report).getAsJsonObject("live_check");
    assertThat(live.get("exact").getAsBoolean()).isFalse();
    assertThat(live.getAsJsonArray("differences")).hasSize(1);
  }

  @Test
  void aKernelThatDoesNotAbortIsShownAndJudged() {
    DoctorReport report = new DoctorReport(ACTIVE, FAILED, EXACT, 7);

    assertThat(report.toString())
        .contains("  migration     not run: one CPU")
        .contains("  preemption    FAILED: it was not aborted", "  signal        passed")
        .contains("verdict         NOT ABORTED", "must not be trusted", "rseq4j.backend=fallback")
        .doesNotContain("active: ");
    JsonObject test = parse(report).getAsJsonObject("self_test");
    JsonObject preemption = test.getAsJsonObject("preemption");
    assertThat(preemption.get("outcome").getAsString()).isEqualTo("failed");
    assertThat(preemption.get("reason").getAsString()).isEqualTo("it was not aborted");
    assertThat(test.getAsJsonObject("migration").get("outcome").getAsString()).isEqualTo("not_run");
    assertThat(test.getAsJsonObject("signal").get("outcome").getAsString()).isEqualTo("passed");
  }

  @Test
  void theVerdictSaysThatTheSelfTestPassedOnlyWhereAllOfItHas() {
    Check passed = new Check(Outcome.PASSED, "");
    SelfTest everything = new SelfTest(passed, passed, passed);
    assertThat(new DoctorReport(ACTIVE, everything, EXACT, 7).verdict())
        .contains("active", "self-test passed");
    assertThat(new DoctorReport(ACTIVE, PASSED, EXACT, 7).verdict())
        .contains("active")
        .doesNotContain("self-test");
  }

  @Test
  void whatIsNotThereIsNullOrEmptyInJson() {
    JsonObject json = parse(new DoctorReport(FALLBACK, NOT_RUN, EXACT, 0));

    assertThat(json.get("active").getAsBoolean()).isFalse();
    assertThat(json.get("reason").getAsString()).isEqualTo(FALLBACK.reason());
    assertThat(json.get("registered_by").getAsString()).isEqualTo("nobody");
    assertThat(json.get("index").isJsonNull()).isTrue();
    assertThat(json.get("feature_size").isJsonNull()).isTrue();
    assertThat(json.getAsJsonArray("membarrier")).isEmpty();
    JsonObject missing = json.getAsJsonArray("missing").get(0).getAsJsonObject();
    assertThat(missing.get("remedy").getAsString()).isEqualTo("buy it");
  }

  @Test
  void whatIsThereIsInJson() {
    JsonObject json = parse(new DoctorReport(ACTIVE, PASSED, EXACT, 7));

    assertThat(json.get("registered_by").getAsString()).isEqualTo("rseq4j");
    assertThat(json.get("index").getAsString()).isEqualTo("cpu_id");
    assertThat(json.get("feature_size").getAsInt()).isEqualTo(20);
    assertThat(json.get("area_offset").getAsLong()).isEqualTo(-32);
    assertThat(json.get("restarts").getAsLong()).isEqualTo(7);
    assertThat(json.getAsJsonArray("membarrier")).hasSize(3);
  }

  private static JsonObject parse(DoctorReport report) {
    return JsonTest.parse(Json.write(report.toMap())).getAsJsonObject();
  }
}
