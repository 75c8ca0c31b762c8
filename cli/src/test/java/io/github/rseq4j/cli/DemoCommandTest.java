package io.github.rseq4j.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DemoCommandTest {
  private static final int SEED = 42;

  @TempDir private Path folder;

  @Test
  void anEmptyFileIsCountedExactly() throws IOException {
    Run run = Run.of("demo", file("empty", ""));

    assertExact(run, 0, 0, 0);
    assertThat(run.out()).contains("input: 0 bytes in 1 file", "too few");
  }

  @Test
  void theLastLineNeedsNoEnd() throws IOException {
    assertExact(Run.of("demo", file("text", "one\ntwo\nthree")), 13, 2, 3);
  }

  @Test
  void severalFilesAreOneInput() throws IOException {
    Path text = file("text", "one\ntwo\nthree");
    Path other = file("name with spaces", "\n\n" + "x".repeat(Block.MAX_RECORD + 1));

    Run run = Run.of("demo", "--threads", 3, text, other, text);

    assertExact(run, 13 + 2 + Block.MAX_RECORD + 1 + 13, 6, 3 + 4 + 3);
    assertThat(run.out()).contains("in 3 files", "3 platform threads on ");
  }

  @Test
  void aBinaryFileIsTimedToo() throws IOException {
    byte[] bytes = new byte[3_000_000];
    new Random(SEED).nextBytes(bytes);
    int lines = 0;
    for (byte b : bytes) {
      lines += b == '\n' ? 1 : 0;
    }

    Run run = Run.of("demo", Files.write(folder.resolve("binary"), bytes));

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("demo: ");
    assertThat(figure(run, "bytes")).isEqualTo(bytes.length);
    assertThat(figure(run, "lines")).isEqualTo(lines);
    assertThat(run.out()).containsPattern("LongAdder\\[256\\], LongAdder +[0-9.]+ +[0-9.]+ of it");
    assertThat(run.out()).containsPattern("restarts seen: [0-9,]+");
    assertThat(run.out().lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
  }

  @Test
  void virtualThreadsDoTheSame() throws IOException {
    String text = "a line of some length\n".repeat(20_000);

    Run run = Run.of("demo", "--virtual", "--threads", 5, file("text", text));

    assertThat(run.exitCode()).isZero();
    assertThat(figure(run, "bytes")).isEqualTo(text.length());
    assertThat(figure(run, "lines")).isEqualTo(20_000);
    assertThat(run.out()).contains("5 virtual threads on ", "every figure is exact");
  }

  @Test
  void aFileThatIsNotThereIsRefused() throws IOException {
    Path there = file("there", "text");
    Path missing = folder.resolve("missing");

    assertRefused(Run.of("demo", there, missing), missing + ": there is no such file");
  }

  @Test
  void aFolderIsRefused() {
    assertRefused(Run.of("demo", folder), folder + " is a directory");
  }

  @Test
  void aFileThatMayNotBeReadIsRefused() throws IOException {
    Path secret = file("secret", "text");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(secret), "this user may read everything");

    assertRefused(Run.of("demo", secret), secret + ": permission denied");
  }

  @Test
  void aNumberOfThreadsOutOfRangeIsRefused() throws IOException {
    Path file = file("text", "text");

    assertRefused(Run.of("demo", "--threads", 0, file), "--threads 0 is not in 1..1024");
    assertRefused(Run.of("demo", "--threads", -1, file), "--threads -1 is not in 1..1024");
    assertRefused(Run.of("demo", "--threads", 1025, file), "--threads 1025 is not in 1..1024");
  }

  private static void assertRefused(Run run, String message) {
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("rseq4j demo: ").contains(message);
  }

  private static void assertExact(Run run, long bytes, long lines, long records) {
    assertThat(run.exitCode()).isZero();
    assertThat(figure(run, "bytes")).isEqualTo(bytes);
    assertThat(figure(run, "byte values counted alike")).isEqualTo(ByteCounter.VALUES);
    assertThat(figure(run, "lines")).isEqualTo(lines);
    assertThat(figure(run, "records")).isEqualTo(records);
    assertThat(figure(run, "bytes in records")).isEqualTo(bytes);
    assertThat(figure(run, "lengths of lines counted alike")).isEqualTo(LengthCounter.LENGTHS);
    assertThat(figure(run, "sum of lengths")).isEqualTo(bytes);
    assertThat(run.out()).contains("every figure is exact").doesNotContain("DIFFERENT");
  }

  /** Returns the figure in the line that begins with a title, which must be called exact. */
  private static long figure(Run run, String title) {
    Matcher line =
        Pattern.compile("^" + title + " {2,}([0-9,]+) .*  exact$", Pattern.MULTILINE)
            .matcher(run.out());
    assertThat(line.find()).as(title).isTrue();
    return Long.parseLong(line.group(1).replace(",", ""));
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content, US_ASCII);
  }
}
