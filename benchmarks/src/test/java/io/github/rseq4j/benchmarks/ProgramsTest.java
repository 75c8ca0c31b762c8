package io.github.rseq4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.linux.CpuSet;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The programs that are not JMH's, each in a JVM of its own. */
class ProgramsTest {
  private static double bytes(MemoryKind kind, int size, int cpus) throws Exception {
    assumeTrue(Rseq.availability().active(), "threads are not told apart by CPU");
    return Double.parseDouble(
        ChildProcess.run(
            ChildProcess.java(
                MemoryProgram.OPTIONS,
                MemoryProgram.class,
                kind.name(),
                String.valueOf(size),
                String.valueOf(cpus))));
  }

  @Test
  void anAtomicLongTakesAsMuchAsItsHeader() throws Exception {
    assertThat(bytes(MemoryKind.ATOMIC_LONG, 1, 1)).isBetween(15.9, 24.1);
  }

  @Test
  void aBankTakesEightBytesForEachCounterAndCpu() throws Exception {
    int cpus = CpuSet.allowed().ids().cardinality();
    int size = 1_000_000;
    double used = 8.0 * size * cpus;
    assertThat(bytes(MemoryKind.PER_CPU_COUNTERS, size, cpus)).isBetween(used, 1.2 * used);
  }

  @ParameterizedTest
  @EnumSource
  void aJvmDoesOneThingAndEnds(StartupProgram.Act act) throws Exception {
    assertThat(ChildProcess.run(ChildProcess.java(List.of(), StartupProgram.class, act.name())))
        .isEmpty();
  }

  @Test
  void theFailureOfAProcessHasItsLastLine() {
    List<String> command = ChildProcess.java(List.of(), StartupProgram.class, "SOMETHING");
    assertThatThrownBy(() -> ChildProcess.run(command))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ended with 1: ");
  }
}
