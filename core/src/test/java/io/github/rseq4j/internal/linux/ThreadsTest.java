package io.github.rseq4j.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ThreadsTest {
  private static final int NO_THREAD = Integer.MAX_VALUE;
  private static final int SIGKILL = 9;

  @BeforeEach
  void assumeAvailable() {
    assumeTrue(Libc.unavailable().isEmpty(), () -> Libc.unavailable().orElseThrow());
    assumeTrue(Arch.current().isPresent(), "no system call numbers for this architecture");
  }

  @Test
  void numberIsOneOfThisProcess() {
    assertThat(Files.exists(Path.of("/proc/self/task/" + Threads.gettid()))).isTrue();
  }

  @Test
  void aThreadRunsWhereItIsToldTo() {
    int tid = Threads.gettid();
    var before = Threads.getAffinity(tid);
    try {
      before.ids().stream()
          .forEach(
              cpu -> {
                assertThat(Threads.setAffinity(tid, CpuSet.of(cpu))).isZero();
                assertThat(Threads.getAffinity(0)).isEqualTo(CpuSet.of(cpu));
                assertThat(Libc.schedGetcpu()).isEqualTo(cpu);
              });
    } finally {
      assertThat(Threads.setAffinity(tid, before)).isZero();
    }
    assertThat(Threads.getAffinity(tid)).isEqualTo(before);
  }

  @Test
  void noCpuAtAllIsRefused() {
    assertThat(Threads.setAffinity(0, CpuSet.of())).isEqualTo(-Errno.EINVAL);
  }

  @Test
  void aThreadThatIsNotThereIsAnError() {
    assertThat(Threads.tgkill(Threads.gettid(), 0)).isZero();
    assertThat(Threads.tgkill(NO_THREAD, 0)).isEqualTo(-Errno.ESRCH);
    assertThat(Threads.setAffinity(NO_THREAD, CpuSet.of(0))).isEqualTo(-Errno.ESRCH);
    assertThatIllegalStateException()
        .isThrownBy(() -> Threads.getAffinity(NO_THREAD))
        .withMessage("the affinity of thread 2147483647: ESRCH (3)");
  }

  @Test
  void theJvmHandlesTheSignalThatDisturbs() {
    assertThat(Threads.hasHandler(Threads.SIGPIPE)).isTrue();
    assertThat(Threads.hasHandler(SIGKILL)).isFalse();
    int tid = Threads.gettid();
    assertThat(Threads.tgkill(tid, Threads.SIGPIPE)).isZero();
    assertThat(Threads.isPending(tid, Threads.SIGPIPE)).isFalse();
  }

  @Test
  void involuntarySwitchesAreCountedForThreadsThatAreThere() {
    assertThat(Threads.involuntarySwitches(Threads.gettid())).isNotNegative();
    assertThat(Threads.involuntarySwitches(NO_THREAD)).isEqualTo(-1);
    assertThat(Threads.isPending(NO_THREAD, Threads.SIGPIPE)).isTrue();
  }
}
