package io.github.rseq4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.SelfTest.Check;
import io.github.rseq4j.SelfTest.Outcome;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class SelfTestTest {
  private static final String GRANT = "--enable-native-access=io.github.rseq4j";
  private static final Check PASSED = new Check(Outcome.PASSED, "");
  private static final Check FAILED = new Check(Outcome.FAILED, "it was not aborted");
  private static final Check NOT_RUN = new Check(Outcome.NOT_RUN, "one CPU");

  @Test
  void hasPassedIfEverythingHas() {
    assertThat(new SelfTest(PASSED, PASSED, PASSED).passed()).isTrue();
    assertThat(new SelfTest(NOT_RUN, PASSED, PASSED).passed()).isFalse();
    assertThat(new SelfTest(PASSED, FAILED, PASSED).passed()).isFalse();
  }

  @Test
  void hasFailedIfAnythingHas() {
    assertThat(new SelfTest(PASSED, FAILED, NOT_RUN).failed()).isTrue();
    assertThat(new SelfTest(NOT_RUN, NOT_RUN, NOT_RUN).failed()).isFalse();
    assertThat(new SelfTest(PASSED, PASSED, PASSED).failed()).isFalse();
  }

  @Test
  void theRunningKernelAbortsSequences() {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    assumeTrue(CpuSet.allowed().count() >= 2, "one CPU only: nowhere to migrate to");
    assertThat(Rseq.selfTest()).isEqualTo(new SelfTest(PASSED, PASSED, PASSED));
  }

  @Test
  void leavesTheCallerWhereItMayRun() {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    CpuSet before = Threads.getAffinity(0);
    long restarts = Rseq.restarts();
    Rseq.selfTest();
    assertThat(Threads.getAffinity(0)).isEqualTo(before);
    assertThat(Rseq.restarts()).isEqualTo(restarts);
  }

  @Test
  void withOneCpuOnlyMigrationIsNotTried() throws Exception {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    Properties answers = run("one_cpu", GRANT);
    assertThat(answers)
        .containsEntry("migration", "NOT_RUN")
        .containsEntry("preemption", "PASSED")
        .containsEntry("signal", "PASSED");
    assertThat(answers.getProperty("migration_reason"))
        .matches("the process may run on CPU [0-9]+ only");
  }

  @Test
  void registersItsThreadsWhereTheLibraryDoesNot() throws Exception {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    Properties answers =
        ChildJvm.run(
            SelfTestRun.class, Map.of("GLIBC_TUNABLES", "glibc.pthread.rseq=0"), List.of(GRANT));
    assertThat(answers).containsEntry("preemption", "PASSED").containsEntry("signal", "PASSED");
  }

  @Test
  void isNotRunOnTheFallback() throws Exception {
    Properties answers = run("", GRANT, "-Drseq4j.backend=fallback");
    assertThat(answers)
        .containsEntry("active", "false")
        .containsEntry("preemption", "NOT_RUN")
        .containsEntry("preemption_reason", "rseq is not active");
  }

  @Test
  void canBeHadBeforeTheFirstUse() throws Exception {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    assertThat(run("", GRANT, "-Drseq4j.selfTest=always")).containsEntry("active", "true");
  }

  @Test
  void anUnknownPropertyIsTheFallbackAndSaysSo() throws Exception {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
    Properties answers = run("", GRANT, "-Drseq4j.selfTest=sometimes");
    assertThat(answers).containsEntry("active", "false");
    assertThat(answers.getProperty("reason")).contains("rseq4j.selfTest", "\"sometimes\"");
  }

  private static Properties run(String argument, String... flags) throws Exception {
    return ChildJvm.run(SelfTestRun.class, Map.of(), List.of(flags), argument);
  }
}
