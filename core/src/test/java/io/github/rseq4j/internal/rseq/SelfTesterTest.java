package io.github.rseq4j.internal.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Availability;
import io.github.rseq4j.SelfTest;
import io.github.rseq4j.SelfTest.Check;
import io.github.rseq4j.SelfTest.Outcome;
import io.github.rseq4j.internal.compile.Lowering;
import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.CpuSet;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelfTesterTest {
  private static final Check PASSED = new Check(Outcome.PASSED, "");
  private static final Check FAILED = new Check(Outcome.FAILED, "it was not aborted");
  private static final Check NOT_RUN = new Check(Outcome.NOT_RUN, "it was denied");

  /** Returns a processor for which sequences are never armed: as if the kernel did not abort. */
  private static Processor unarmed(Processor processor) {
    return (Processor)
        proxy(
            Processor.class,
            (_, method, arguments) -> {
              Object result = method.invoke(processor, arguments);
              return result instanceof Lowering lowering ? unarmed(lowering) : result;
            });
  }

  private static Object unarmed(Lowering lowering) {
    return proxy(
        Lowering.class,
        (_, method, arguments) ->
            method.getName().equals("arm") ? null : method.invoke(lowering, arguments));
  }

  private static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }

  private static Platform.Machine machine() {
    Platform platform = Platform.current();
    assumeTrue(platform.machine().isPresent(), platform.availability().reason());
    return platform.machine().get();
  }

  private static Platform.Machine unarmed(Platform.Machine machine) {
    return new Platform.Machine(
        unarmed(machine.processor()),
        machine.space(),
        machine.target(),
        machine.methods(),
        machine.cpuId(),
        machine.nodeId(),
        machine.mmCid(),
        machine.registration());
  }

  @Test
  void seesThatNothingIsAborted() throws Exception {
    SelfTest test = new SelfTester(unarmed(machine())).test();

    assertThat(test.preemption().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(test.preemption().reason()).contains("not aborted", "preempted");
    assertThat(test.signal().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(test.migration().outcome())
        .isEqualTo(CpuSet.allowed().count() >= 2 ? Outcome.FAILED : Outcome.NOT_RUN);
  }

  @Test
  void whereTheTestFailsSequencesRunOnTheFallback() {
    machine();
    Platform platform =
        Detection.detect(machine -> SelfTester.judge(new SelfTester(unarmed(machine)).test()));

    assertThat(platform.machine()).isEmpty();
    Availability availability = platform.availability();
    assertThat(availability.active()).isFalse();
    assertThat(availability.reason()).contains("not aborted", "preempted", "7.0.14");
    assertThat(availability.missing().getFirst().feature()).isEqualTo("self-test");
    assertThat(availability.indexKinds()).isEmpty();
  }

  @Test
  void whereMemoryRunsOutSequencesRunOnTheFallback() {
    machine();
    Platform platform =
        Detection.detect(
            _ -> {
              throw new OutOfMemoryError("unable to create native thread");
            });

    assertThat(platform.machine()).isEmpty();
    assertThat(platform.availability().reason())
        .contains("unable to create native thread", "raise the limits");
  }

  @Test
  void whereTheTestPassesRseqIsActive() {
    machine();
    Platform platform =
        Detection.detect(machine -> SelfTester.judge(new SelfTester(machine).test()));

    assertThat(platform.machine()).isPresent();
    assertThat(platform.availability().active()).isTrue();
  }

  @Test
  void onWhatIsFailedOrUnknownNothingIsBuilt() {
    assertThat(SelfTester.judge(new SelfTest(PASSED, PASSED, PASSED))).isEmpty();
    assertThat(SelfTester.judge(new SelfTest(NOT_RUN, PASSED, NOT_RUN))).isEmpty();
    assertThat(SelfTester.judge(new SelfTest(FAILED, PASSED, PASSED)))
        .hasValueSatisfying(found -> assertThat(found.reason()).contains("not aborted"));
    assertThat(SelfTester.judge(new SelfTest(PASSED, NOT_RUN, FAILED)))
        .hasValueSatisfying(found -> assertThat(found.reason()).contains("not aborted"));
    assertThat(SelfTester.judge(new SelfTest(PASSED, NOT_RUN, PASSED)))
        .hasValueSatisfying(found -> assertThat(found.reason()).contains("denied"));
  }

  @ParameterizedTest
  @CsvSource({
    "AARCH64, 6.18.12, false",
    "AARCH64, 6.19.0-rc1, true",
    "AARCH64, 7.0.13-5-generic, true",
    "AARCH64, 7.1, true",
    "AARCH64, 10.2.1, true",
    "AARCH64, 5.20.0, false",
    "AARCH64, unknown, true",
    "X86_64, 6.19.0, false",
    "X86_64, 7.0.1, false"
  })
  void isDueOnThoseKernelsThatMayFail(Arch arch, String release, boolean due) {
    assertThat(SelfTester.isDue(arch, Optional.of(release))).isEqualTo(due);
  }

  @Test
  void isDueWhereTheReleaseIsNotKnown() {
    assertThat(SelfTester.isDue(Arch.AARCH64, Optional.empty())).isTrue();
    assertThat(SelfTester.isDue(Arch.X86_64, Optional.empty())).isFalse();
  }
}
