package io.github.rseq4j.internal.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.ChildJvm;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.SelfTestRun;
import io.github.rseq4j.internal.linux.ManyKeys;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The area that rseq4j keeps where the C library has none; where it has one, it is left aside and
 * told not to register it.
 */
class OwnAreaTest {
  private static final Map<String, String> UNREGISTERED =
      Map.of("GLIBC_TUNABLES", "glibc.pthread.rseq=0");

  @BeforeEach
  void requireRseq() {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
  }

  private static Properties run(Class<?> main, Map<String, String> environment, String... arguments)
      throws Exception {
    return ChildJvm.run(
        main,
        environment,
        List.of(
            "--enable-native-access=io.github.rseq4j",
            "-D%s=%s".formatted(Detection.AREA_PROPERTY, Detection.OWN)),
        arguments);
  }

  @Test
  void theKernelAbortsSequencesThatUseIt() throws Exception {
    assertThat(run(SelfTestRun.class, UNREGISTERED))
        .containsEntry("active", "true")
        .containsEntry("preemption", "PASSED")
        .containsEntry("signal", "PASSED");
  }

  @Test
  void threadsComeAndGoAndUseStacksAgain() throws Exception {
    Properties answers = run(ThreadChurn.class, UNREGISTERED);

    assertThat(answers)
        .containsEntry("own", "true")
        .containsEntry("registered_by", "RSEQ4J")
        .containsEntry("failed", "0")
        .containsEntry("missing", "0");
    // Each has found itself unregistered, then was registered, or worked under a lock.
    int threads = count(answers, "threads");
    int refused = count(answers, "refused");
    assertThat(count(answers, "fresh")).isEqualTo(threads);
    assertThat(refused).isEqualTo(count(answers, "foreign")).isPositive();
    assertThat(count(answers, "registered") + refused).isEqualTo(threads);
    assertThat(count(answers, "places")).isLessThan(threads / 10);
  }

  private static int count(Properties answers, String key) {
    return Integer.parseInt(answers.getProperty(key));
  }

  @Test
  void aSecondClassLoaderRunsOnTheFallbackAndSaysWhy() throws Exception {
    assertThat(run(TwoLoaders.class, UNREGISTERED))
        .containsEntry("first_active", "true")
        .containsEntry("first_exact", "true")
        .containsEntry("second_active", "false")
        .containsEntry("second_exact", "true")
        .hasEntrySatisfying(
            "second_reason", reason -> assertThat(reason.toString()).contains("class loader"));
  }

  @Test
  void withoutKeysItSaysSo() throws Exception {
    assertThat(run(ManyKeys.class, UNREGISTERED, "40"))
        .containsEntry("active", "false")
        .containsEntry("exact", "true")
        .hasEntrySatisfying(
            "reason",
            reason -> assertThat(reason.toString()).contains("pthread keys", "glibc 2.35"));
  }

  @Test
  void takesTheKeysThatAreLeft() throws Exception {
    assertThat(run(ManyKeys.class, UNREGISTERED, "15"))
        .containsEntry("active", "true")
        .containsEntry("exact", "true");
  }

  @Test
  void whereAnotherLibraryRegistersEveryThreadItSaysSo() throws Exception {
    assumeTrue(
        Rseq.availability().area().filter(area -> area.size() > 0).isPresent(),
        "the C library registers no threads");
    assertThat(run(ManyKeys.class, Map.of(), "0"))
        .containsEntry("active", "false")
        .containsEntry("exact", "true")
        .hasEntrySatisfying(
            "reason",
            reason -> assertThat(reason.toString()).contains("EINVAL", "one library only"));
  }
}
