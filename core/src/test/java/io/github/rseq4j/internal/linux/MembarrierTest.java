package io.github.rseq4j.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

final class MembarrierTest {
  @Test
  void sequencesCanBeFencedOnceRegistered() {
    var support = Membarrier.support();
    assumeTrue(support.rseq(), support.reason());

    assertThat(Membarrier.registerRseq()).isZero();
    assertThat(Membarrier.registerRseq()).as("a second time").isZero();
    assertThat(Membarrier.fenceRseq()).isZero();
    assertThat(Membarrier.fenceRseq(CpuSet.online().bound() - 1)).isZero();
    assertThat(Membarrier.fenceRseq(CpuSet.MAX_BOUND)).as("a CPU that is not there").isZero();
    assertThat(support.commands())
        .contains("PRIVATE_EXPEDITED_RSEQ", "REGISTER_PRIVATE_EXPEDITED_RSEQ");
    assertThat(support.reason()).isEmpty();
  }

  @Test
  void refusesANegativeCpu() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Membarrier.fenceRseq(-1))
        .withMessage("CPU -1 is negative");
  }

  @Test
  void aFailingQueryIsAReason() {
    var support = Membarrier.support(-Errno.EPERM);

    assertThat(support.rseq()).isFalse();
    assertThat(support.commands()).isEmpty();
    assertThat(support.reason()).contains("EPERM (1)").contains("seccomp");
  }

  @Test
  void aKernelWithoutTheCommandIsAReason() {
    var support = Membarrier.support(0b1000_0000_1001 & ~0x80);

    assertThat(support.rseq()).isFalse();
    assertThat(support.commands()).containsExactly("GLOBAL", "PRIVATE_EXPEDITED", "1 << 11");
    assertThat(support.reason()).contains("5.10");
  }
}
