package io.github.rseq4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.internal.linux.Arch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The backend that calls machine code as Java methods, and what is said where it cannot be had. */
class JvmciTest {
  private static final String GRANT = "--enable-native-access=io.github.rseq4j";
  private static final String CHOICE = "-Drseq4j.backend=jvmci";
  private static final String MODULE = "jdk.internal.vm.ci";

  private static final boolean X86_64 = Arch.current().equals(Optional.of(Arch.X86_64));

  @BeforeEach
  void requireRseq() {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
  }

  private static void requireX86() {
    assumeTrue(X86_64, "only x86-64 has this backend");
  }

  private static Properties run(String... flags) throws Exception {
    List<String> all = new ArrayList<>(List.of(GRANT));
    all.addAll(List.of(flags));
    Properties answers = ChildJvm.run(ShortRun.class, Map.of(), all);
    assertThat(answers)
        .containsEntry("exact", "true")
        .containsEntry("ring_exact", "true")
        .containsEntry("unknown_cpu", "0")
        .containsEntry("active", "true");
    return answers;
  }

  private static void assertFallsBack(Properties answers, String... reason) {
    assertThat(answers).containsEntry("calls", "ffm").containsEntry("missing", "1");
    assertThat(answers.getProperty("missing_reasons")).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:+UseSerialGC",
        "-XX:+UseParallelGC",
        "-XX:+UseG1GC",
        "-XX:+UseZGC",
        "-XX:+UseShenandoahGC",
        "-XX:-UseCompressedOops",
        "-XX:+UseCompactObjectHeaders",
        "-XX:TieredStopAtLevel=1",
        "-XX:-TieredCompilation"
      })
  void isActiveAndExactHoweverTheJvmIsSetUp(String flag) throws Exception {
    requireX86();
    assertThat(run(ChildJvm.JVMCI, flag))
        .containsEntry("calls", "jvmci")
        .containsEntry("missing", "0");
  }

  /** With only an interpreter there may be no compiled code, nor anybody who wants it. */
  @Test
  void isExactWhereNothingIsCompiled() throws Exception {
    requireX86();
    run(ChildJvm.JVMCI, "-Xint");
  }

  @Test
  void theKernelAbortsWhatItInstalls() throws Exception {
    requireX86();
    assertThat(ChildJvm.run(SelfTestRun.class, Map.of(), List.of(GRANT, ChildJvm.JVMCI)))
        .containsEntry("active", "true")
        .containsEntry("preemption", "PASSED")
        .containsEntry("signal", "PASSED");
  }

  @Test
  void withoutTheFlagsItSaysWhereTheyAre() throws Exception {
    requireX86();
    assertFallsBack(run(CHOICE), "no module " + MODULE, "jvmci.args");
  }

  @Test
  void withoutTheExportsItSaysWhichIsMissing() throws Exception {
    requireX86();
    assertFallsBack(
        run(
            CHOICE,
            "-XX:+UnlockExperimentalVMOptions",
            "-XX:+EnableJVMCI",
            "--add-modules=" + MODULE),
        "jdk.vm.ci.code is not exported to io.github.rseq4j",
        "jvmci.args");
  }

  @Test
  void whereItIsNotEnabledItSaysSo() throws Exception {
    requireX86();
    assertFallsBack(run(ChildJvm.JVMCI, "-XX:-EnableJVMCI"), "JVMCI", "jvmci.args");
  }

  @Test
  void withoutTheModuleItSaysSo() throws Exception {
    requireX86();
    assertFallsBack(run(CHOICE, "--limit-modules=java.base"), "no module " + MODULE);
  }

  @Test
  void whereTheCodeCacheIsFullItSaysSo() throws Exception {
    requireX86();
    // So small that the JVM's own code fills it.
    Properties answers =
        ChildJvm.run(
            CodeCacheRun.class,
            Map.of(),
            List.of(GRANT, ChildJvm.JVMCI, "-XX:ReservedCodeCacheSize=3m"));
    assertThat(answers).containsEntry("exact", "true").containsEntry("active", "true");
    assertThat(answers.getProperty("missing_reasons")).contains("a method for ", "code cache");
  }

  @Test
  void onOtherProcessorsItSaysSo() throws Exception {
    assumeFalse(X86_64, "this is the one that has it");
    assertFallsBack(run(CHOICE), "there is no such backend", "x86-64");
  }
}
