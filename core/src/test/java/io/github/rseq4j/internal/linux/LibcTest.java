package io.github.rseq4j.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LibcTest {
  private static void assumeAvailable() {
    assumeTrue(Libc.unavailable().isEmpty(), () -> Libc.unavailable().orElseThrow());
  }

  @Test
  void pageSizeIsAPowerOfTwo() {
    assumeAvailable();

    assertThat(Libc.pageSize()).isGreaterThanOrEqualTo(4096);
    assertThat(Long.bitCount(Libc.pageSize())).isOne();
  }

  @Test
  void anAbsentAuxiliaryEntryIsZero() {
    assertThat(Libc.getauxval(9_999)).isZero();
  }

  @Test
  void versionLooksLikeOne() {
    assumeAvailable();
    assumeTrue(Libc.version().isPresent(), "the C library is not glibc");

    assertThat(Libc.version().orElseThrow()).matches("2\\.[0-9]+.*");
  }

  @Test
  void currentCpuIsAPossibleOne() {
    assumeAvailable();

    assertThat(CpuSet.possible().contains(Libc.schedGetcpu())).isTrue();
  }

  @Test
  void currentNodeIsOneOfThoseOnline() {
    assumeAvailable();
    assumeTrue(Arch.current().isPresent(), "no system call numbers for this architecture");
    var nodes = ProcFile.read(Path.of("/sys/devices/system/node/online"));
    assumeTrue(nodes.isPresent(), "/sys does not tell the NUMA nodes here");

    assertThat(CpuSet.parse(nodes.get()).contains(Libc.currentNode())).isTrue();
  }

  @Test
  void systemCallsGiveTheKernelsResult() {
    assumeAvailable();
    assumeTrue(Arch.current().isPresent(), "no system call numbers for this architecture");

    assertThat(Threads.gettid()).isPositive();
    assertThat(Libc.syscall(100_000)).isEqualTo(-Errno.ENOSYS);
    assertThat(Libc.mprotect(1, 1, Libc.PROT_NONE)).isEqualTo(-Errno.EINVAL);
    assertThat(Libc.munmap(1, 1)).isEqualTo(-Errno.EINVAL);
  }

  @Test
  void refusesMoreArgumentsThanASystemCallTakes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Libc.syscall(0, 1, 2, 3, 4, 5, 6, 7))
        .withMessage("7 arguments: a system call takes at most 6");
  }

  @Test
  void errorsAreNamed() {
    assertThat(Errno.describe(Errno.ENOSYS)).isEqualTo("ENOSYS (38)");
    assertThat(Errno.describe(5)).isEqualTo("errno 5");
  }

  @Test
  void deniedNativeAccessIsAReasonWithTheFlagToSet() throws Exception {
    assumeAvailable();
    var answers = Probe.run(Map.of(), List.of("--illegal-native-access=deny"));

    assertThat(answers).containsEntry("access", "DENIED");
    assertThat(answers.getProperty("unavailable"))
        .contains("module io.github.rseq4j")
        .contains("--enable-native-access=io.github.rseq4j");
    assertThat(answers)
        .containsEntry("version", "")
        .containsEntry("page_size", "0")
        .containsEntry("cpu", "-38")
        .containsEntry("tid", "-38")
        .containsEntry("libc_rseq", "")
        .containsEntry("kernel_rseq", "KernelRseq[featureSize=0, alignment=0]")
        .containsEntry("possible", CpuSet.possible().toString());
    assertThat(List.of("membarrier", "mapping", "code"))
        .allSatisfy(
            key -> assertThat(answers.getProperty(key)).contains("native access is denied"));
  }

  @Test
  void anotherSystemIsAReasonAndNothingRestrictedIsCalled() throws Exception {
    var answers = Probe.run(Map.of(), List.of("-Dos.name=Mac OS X"), "quiet");

    assertThat(answers)
        .containsEntry("unavailable", "the operating system is Mac OS X, not Linux")
        .containsEntry("stderr", "")
        .containsEntry("version", "")
        .containsEntry("cpu", "-38")
        .containsEntry("libc_rseq", "");
  }

  @Test
  void nativeAccessThatWasNotGrantedIsToldFromOneThatWas() throws Exception {
    assumeAvailable();

    var warned = Probe.run(Map.of(), List.of("--illegal-native-access=warn"));
    assertThat(warned).containsEntry("access", "WARNED").containsEntry("unavailable", "");
    assertThat(warned.getProperty("stderr")).contains("WARNING");

    var granted = Probe.run(Map.of(), List.of("--enable-native-access=io.github.rseq4j"));
    assertThat(granted)
        .containsEntry("access", "ENABLED")
        .containsEntry("unavailable", "")
        .containsEntry("stderr", "");

    var allowed = Probe.run(Map.of(), List.of("--illegal-native-access=allow"));
    assertThat(allowed).containsEntry("access", "ENABLED").containsEntry("stderr", "");
  }
}
