package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.percpu.BuiltInSequences;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Step;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SequencesCommandTest {
  @Test
  void allAreListedOneALine() {
    Run run = Run.of("sequences");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines()).hasSameSizeAs(names());
    assertThat(run.out()).contains(names());
    assertThat(run.out()).containsPattern("counter_add +1 steps +\\(delta\\)");
  }

  @ParameterizedTest
  @MethodSource("names")
  void oneIsPrintedWithItsStepsAndItsCode(String name) {
    Run run = Run.of("sequences", name);

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith(name + "(");
    assertThat(run.out()).contains(steps(name));
    assertThat(run.out()).contains("as it runs in this process");
  }

  @ParameterizedTest
  @MethodSource("names")
  void itsCodeIsPrintedForEveryIsaOnAnyMachine(String name) {
    String x86 = Run.of("sequences", name, "--isa", "x86-64").out();
    assertThat(x86).contains(steps(name)).contains("53 30 05 53"); // the signature
    String aarch64 = Run.of("sequences", name, "--isa", "aarch64").out();
    assertThat(aarch64).contains(steps(name)).contains("tpidr_el0").contains("0xd428bc00");
    String riscv64 = Run.of("sequences", name, "--isa", "riscv64").out();
    assertThat(riscv64)
        .contains(steps(name))
        .contains("%pcrel_hi(descriptor)")
        .contains("0xf1401073");
    String bytecode = Run.of("sequences", name, "--isa", "bytecode").out();
    assertThat(bytecode).contains(steps(name)).contains("invokestatic").contains("lreturn");
  }

  @Test
  void anUnknownIsaIsRefusedWithTheKnownOnes() {
    Run run = Run.of("sequences", "counter_add", "--isa", "vax");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("\"vax\"", "x86-64", "aarch64", "riscv64", "bytecode");
  }

  @Test
  void anUnknownOneIsRefusedWithTheKnownOnes() {
    Run run = Run.of("sequences", "nope");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("\"nope\"").contains(names());
  }

  private static List<String> names() {
    return BuiltInSequences.all().stream().map(Sequence::name).toList();
  }

  private static List<String> steps(String name) {
    return BuiltInSequences.all().stream()
        .filter(sequence -> sequence.name().equals(name))
        .flatMap(sequence -> sequence.steps().stream())
        .map(Step::toString)
        .toList();
  }
}
