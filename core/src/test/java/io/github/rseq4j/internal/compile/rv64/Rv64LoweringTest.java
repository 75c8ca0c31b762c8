package io.github.rseq4j.internal.compile.rv64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Line;
import io.github.rseq4j.internal.compile.LoweringContract;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.RandomSequences;
import io.github.rseq4j.sequence.Sequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the kernel and the calling convention ask of the code, on random sequences. */
class Rv64LoweringTest extends LoweringContract {
  private static final Pattern COMMIT =
      Pattern.compile("s[bhwd] (?:[at]\\d|zero),-?\\d+\\((a0|t5)\\)");
  private static final Pattern BRANCH = Pattern.compile("(b|j|ecall).*");
  private static final Pattern REGISTER =
      Pattern.compile("\\b(?:[xast]\\d+|f[ast]\\d+|ra|sp|gp|tp|fp)\\b");

  /** An instruction that changes its first register. */
  private static final Pattern DESTINATION =
      Pattern.compile("(?!s[bhwd] |b|fence|ecall|j)[a-z.]+ (?<register>\\w+)\\b.*");

  private static final List<String> WORDS = List.of("a2", "a3", "a4", "a5", "a6", "a7");

  Rv64LoweringTest() {
    super(new Rv64(), new Looks(COMMIT, BRANCH, "jalr zero,0(ra)", "ecall"));
  }

  @Override
  protected List<String> arming(String descriptor) {
    return List.of("addi t4,t4,%pcrel_lo(" + descriptor + ")", "sd t4,-1752(t5)");
  }

  @Test
  void releasingCommitsAndOnlyTheyRelease() {
    checkReleases(commit -> commit.contains("fence rw,w"));
  }

  @Test
  void registersThatAreNotItsOwnAreNotTouched() {
    checkRegisters(
        REGISTER,
        Set.of(
            "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1", "t2", "t3", "t4", "t5",
            "t6", "ft0", "ft1", "ft2", "ft3", "ra", "tp"));
  }

  @Test
  void whatAnAbortStartsFromIsNotOverwritten() {
    // The stride, the base, and those that a function must not change.
    checkDestinations(
        DESTINATION, List.of("a0", "t4"), List.of("a1", "ft0", "ra", "tp", "gp", "sp"), WORDS);
  }

  @Test
  void asksTheKernelInItsCallingConvention() throws IOException {
    assertThat(new Rv64().registration(new Target(-160, 2, false)).lines())
        .extracting(Line::text)
        .containsExactly(
            "addi a0,tp,-160",
            "addi a1,zero,32",
            "addi a2,zero,0",
            "lui a3,0xf1401",
            "addiw a3,a3,115",
            "addi a4,a0,0",
            "addi a7,zero,293",
            "ecall",
            "end:",
            "jalr zero,0(ra)");
    assertThat(new Rv64().cacheFlush().orElseThrow().lines())
        .extracting(Line::text)
        .containsExactly("addi a2,zero,0", "addi a7,zero,259", "ecall", "jalr zero,0(ra)");
    List<Path> headers =
        Stream.of("/usr/include/riscv64-linux-gnu", "/usr/riscv64-linux-gnu/include")
            .map(directory -> Path.of(directory, "asm/unistd.h"))
            .filter(Files::exists)
            .toList();
    assumeFalse(headers.isEmpty(), "the kernel's headers for RISC-V are not installed");
    assertThat(Files.readString(headers.getFirst()))
        .contains("#define __NR_riscv_flush_icache (__NR_arch_specific_syscall + 15)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|0|lwu t4,4(tp)",
        "-160|0|lwu t4,-156(tp)",
        "2043|0|lwu t4,2047(tp)",
        "-2052|0|lwu t4,-2048(tp)",
        "2044|0x1|lwu t4,-2048(t5)",
        "4096|0x1|lwu t4,4(t5)",
        "-2056|0xfffff|lwu t4,2044(t5)",
        "2147481000|0x7ffff|lwu t4,1452(t5)",
        "-2147483648|0x80000|lwu t4,4(t5)"
      })
  void findsTheAreaWhereverItIs(int area, String high, String load) {
    Sequence sequence = RandomSequences.sequence(1);
    AssembledCode code = compile(sequence, new Target(area, 2, false), PLACEMENT);
    List<String> index = instructions(code, label(code, "start"), label(code, "post"));
    if (high.equals("0")) {
      assertThat(index).startsWith(load);
    } else {
      assertThat(index).startsWith("lui t5," + high, "add t5,tp,t5", load);
    }
  }

  /** Steps so many that exits are farther away than a branch goes, and a few fewer. */
  @ParameterizedTest
  @CsvSource({"100,false", "200,true", "2000,true"})
  void jumpsWhereBranchesDoNotReach(int steps, boolean far) {
    Sequence sequence =
        Sequence.define(
            "long",
            s -> {
              var value = s.parameter("value");
              for (int i = 0; i < steps; i++) {
                s.exitIf(value, Condition.EQUAL, i + 1, Exit.of("exit" + i, i));
              }
              s.commit64(Address.of("at", 0), value, Exit.of("done", steps));
            });
    AssembledCode code = compile(sequence);
    assertThat(code.lines().stream().map(Line::text).anyMatch(text -> text.startsWith("around")))
        .isEqualTo(far);
    assertThat(code.lines()).filteredOn(line -> line.text().startsWith("exit_")).hasSize(steps);
  }
}
