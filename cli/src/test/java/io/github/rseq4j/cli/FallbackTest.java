package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands do where rseq is not active, in a JVM that is told so. */
class FallbackTest {
  private static final String FORCED = "-Drseq4j.backend=fallback";

  @TempDir private Path folder;

  @Test
  void doctorSaysWhy() {
    Run run = Run.inOwnJvm(FORCED, folder, "doctor");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out())
        .contains("rseq4j.backend is fallback", "verdict         fallback: ")
        .contains("live check      exact, ");
  }

  @Test
  void doctorSaysWhyInJson() {
    Run run = Run.inOwnJvm(FORCED, folder, "doctor", "--json");

    assertThat(run.exitCode()).isEqualTo(2);
    JsonObject json = JsonTest.parse(run.out()).getAsJsonObject();
    assertThat(json.get("active").getAsBoolean()).isFalse();
    assertThat(json.get("backend").getAsString()).isEqualTo("bytecode");
    assertThat(json.get("reason").getAsString()).contains("rseq4j.backend");
    assertThat(json.get("restarts").getAsLong()).isZero();
  }

  @Test
  void theDemoIsExact() throws IOException {
    Path file = Files.writeString(folder.resolve("text"), "one line\n".repeat(10_000));

    Run run = Run.inOwnJvm(FORCED, folder, "demo", file);

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("active: no, on the fallback: ", "every figure is exact")
        .doesNotContain("DIFFERENT");
  }

  @Test
  void theCodeCanStillBeLookedAt() {
    Run bytecode = Run.inOwnJvm(FORCED, folder, "sequences", "counter_add");
    Run machineCode = Run.inOwnJvm(FORCED, folder, "sequences", "counter_add", "--isa", "x86-64");

    assertThat(bytecode.exitCode()).isZero();
    assertThat(bytecode.out()).contains("Code for bytecode, as it runs in this process", "lreturn");
    assertThat(machineCode.out()).contains("Code for x86-64:", "53 30 05 53");
  }
}
