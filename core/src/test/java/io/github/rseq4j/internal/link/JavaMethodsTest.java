package io.github.rseq4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.Rseq;
import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Disassembled;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.compile.MethodEntry;
import io.github.rseq4j.internal.compile.Placement;
import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.compile.a64.A64;
import io.github.rseq4j.internal.compile.rv64.Rv64;
import io.github.rseq4j.internal.compile.x64.X64;
import io.github.rseq4j.internal.jvmci.JvmciException;
import io.github.rseq4j.sequence.RandomSequences;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Machine code as that of Java methods. */
class JavaMethodsTest {
  private static final Target TARGET =
      new Target(2336, 2, false).enteredBy(new MethodEntry(0x28, 0x7f00_0000_1000L));

  private static final Pattern BRANCH = Pattern.compile("(j[a-z]+) (?<to>[a-z_0-9]+)");

  private static AssembledCode compile(long seed) {
    return SequenceCompiler.compile(
        new X64(),
        RandomSequences.program(seed),
        TARGET,
        new Placement(0x7f00_2000_0010L, 0x1000, 0x4000));
  }

  @Test
  void otherProcessorsHaveNone() {
    for (var processor : List.of(new A64(), new Rv64())) {
      assertThatExceptionOfType(JvmciException.class)
          .isThrownBy(() -> JavaMethods.find(processor))
          .withMessageContaining(processor.arch().toString())
          .satisfies(reason -> assertThat(reason.remedy()).contains("x86-64"));
    }
  }

  @Test
  void codeBeginsWithTheBarrierAndEveryWayOutDisarms() throws Exception {
    for (long seed = 0; seed < 50; seed++) {
      AssembledCode code = compile(seed);
      List<String> texts = Disassembled.instructions(code).stream().map(Object::toString).toList();
      assertThat(code.bytes()).startsWith(0x41, 0x81, 0x7f, 0x28, 0, 0, 0, 0);
      assertThat(texts).anyMatch(text -> BRANCH.matcher(text).find());
      List<String> lines =
          code.lines().stream()
              .filter(line -> line.length() > 0)
              .map(line -> line.text())
              .filter(text -> !text.startsWith("pop r"))
              .toList();
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).equals("ret")) {
          assertThat(lines.get(i - 1)).isEqualTo("mov QWORD PTR fs:0x928,0x0");
        }
      }
      assertThat(lines).contains("ret", "call r10");
      assertThat(Objdump.X86_64.read(code.bytes()))
          .containsSequence(Disassembled.instructions(code));
    }
  }

  /** What HotSpot's callers need back; rsp is but pushed to and popped from. */
  @Test
  void registersOfTheCallerAreKept() {
    for (long seed = 0; seed < 200; seed++) {
      List<String> texts =
          compile(seed).lines().stream()
              .filter(line -> !line.note().equals("entry barrier"))
              .map(line -> line.text())
              .toList();
      for (String register : List.of("rbp|ebp|bp|bpl", "r12[dwb]?", "r15[dwb]?")) {
        Pattern names = Pattern.compile("\\b(%s)\\b".formatted(register));
        String whole = register.substring(0, 3);
        boolean used =
            texts.stream()
                .filter(text -> !text.startsWith("cmp DWORD PTR [r15+0x28],"))
                .anyMatch(text -> names.matcher(text).find());
        assertThat(texts.contains("push " + whole)).isEqualTo(used);
      }
    }
  }

  /** A debugger's single steps leave a thread in the interpreter, which knows no such code. */
  @Test
  void withoutCodeOfTheMethodTheFunctionIsCalled() throws Throwable {
    MethodHandle unlinked =
        MethodHandles.lookup()
            .findStatic(
                JavaMethodsTest.class, "unlinked", MethodType.methodType(long.class, long.class));
    MethodHandle function = MethodHandles.identity(long.class);
    assertThat((long) JavaMethods.orElse(unlinked, function).invokeExact(42L)).isEqualTo(42);
  }

  @SuppressWarnings("UnusedMethod") // called by its handle
  private static native long unlinked(long argument);

  @Test
  void isInUseIfTheJvmIsToldSo() {
    assumeTrue("jvmci".equals(System.getProperty("rseq4j.backend")), "not the JVMCI backend");
    assertThat(Rseq.availability().calls()).isEqualTo("jvmci");
    assertThat(Rseq.availability().missing()).isEmpty();
  }
}
