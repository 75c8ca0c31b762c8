package io.github.rseq4j.internal.compile.x64;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Line;
import io.github.rseq4j.internal.compile.LoweringContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the kernel and the calling convention ask of the code, on random sequences. */
class X64LoweringTest extends LoweringContract {
  private static final Pattern COMMIT =
      Pattern.compile("(mov|add) (BYTE|WORD|DWORD|QWORD) PTR \\[rdi.*");
  private static final Pattern BRANCH = Pattern.compile("(j|call|ret|syscall|int3|ud).*");
  private static final Pattern DESTINATION =
      Pattern.compile("(?!cmp |push |pop |test )[a-z]+ (?<register>[a-z0-9]+)(,.*)?");

  /** A parameter that is moved to where it is kept. */
  private static final Pattern ARRIVAL =
      Pattern.compile("mov (?<register>[a-z0-9]+),(rcx|QWORD PTR \\[rsp.*)");

  private static final Map<String, Pattern> CALLEE_SAVED =
      Stream.of(
              "rbx|ebx|bx|bl", "rbp|ebp|bp|bpl", "r12[dwb]?", "r13[dwb]?", "r14[dwb]?", "r15[dwb]?")
          .collect(
              toMap(
                  names -> names.substring(0, 3),
                  names -> Pattern.compile("\\b(" + names + ")\\b")));

  /** The registers of stride and parameters, in order. */
  private static final List<Set<String>> ARGUMENTS =
      List.of(
          Set.of("rsi", "esi", "si", "sil"),
          Set.of("rdx", "edx", "dx", "dl"),
          Set.of("rcx", "ecx", "cx", "cl"),
          Set.of("r8", "r8d", "r8w", "r8b"),
          Set.of("r9", "r9d", "r9w", "r9b"));

  X64LoweringTest() {
    super(new X64(), new Looks(COMMIT, BRANCH, "ret", "syscall"));
  }

  @Override
  protected List<String> arming(String descriptor) {
    return List.of("lea rax,[rip+" + descriptor + "]", "mov QWORD PTR fs:0x928,rax");
  }

  @Test
  void calleeSavedRegistersAreSaved() {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence);
          List<String> texts = code.lines().stream().map(Line::text).toList();
          List<String> pushed = new ArrayList<>();
          texts.stream()
              .filter(text -> text.startsWith("push "))
              .forEach(t -> pushed.add(t.substring(5)));
          CALLEE_SAVED.forEach(
              (register, names) -> {
                if (texts.stream().anyMatch(text -> names.matcher(text).find())) {
                  assertThat(pushed).contains(register);
                }
              });
          assertThat(pushed).doesNotHaveDuplicates();
          List<String> popped =
              pushed.reversed().stream().map(register -> "pop " + register).toList();
          for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).equals("ret")) {
              assertThat(texts.subList(i - popped.size(), i)).isEqualTo(popped);
            }
          }
          assertThat(texts)
              .filteredOn(text -> text.startsWith("pop "))
              .hasSize(popped.size() * rets(texts));
        });
  }

  private static int rets(List<String> texts) {
    return (int) texts.stream().filter("ret"::equals).count();
  }

  @Test
  void whatAnAbortStartsFromIsNotOverwritten() {
    forEach(
        sequence -> {
          AssembledCode code = compile(sequence);
          int start = label(code, "start");
          List<String> destinations =
              code.lines().stream()
                  .filter(line -> line.offset() >= start)
                  .map(line -> DESTINATION.matcher(line.text()))
                  .filter(matcher -> matcher.matches())
                  .map(matcher -> matcher.group("register"))
                  .toList();
          assertThat(destinations).contains("rax", "rdi");
          boolean shifts = sequence.steps().stream().anyMatch(X64Steps::shiftsByValue);
          int words = Math.min(sequence.parameterWords(), ARGUMENTS.size() - 1);
          for (int i = 0; i < words + 1; i++) {
            if (!(shifts && ARGUMENTS.get(i).contains("rcx"))) {
              assertThat(destinations).doesNotContainAnyElementsOf(ARGUMENTS.get(i));
            }
          }
          code.lines().stream()
              .filter(line -> line.offset() < start)
              .map(line -> ARRIVAL.matcher(line.text()))
              .filter(matcher -> matcher.matches())
              .forEach(
                  matcher -> assertThat(destinations).doesNotContain(matcher.group("register")));
          assertThat(destinations).doesNotContain("xmm1");
        });
  }
}
