package io.github.rseq4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documentation shows is what there is. */
class DocumentationTest {
  /** Surefire runs the tests in the module's directory. */
  private static final Path DOCS = Path.of("..", "docs");

  private static final Path EXAMPLE = DOCS.resolve("CpuStack.java");
  private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void snippetsArePartsOfTheExample() throws Exception {
    String example = Files.readString(EXAMPLE);
    List<String> snippets =
        SNIPPET
            .matcher(Files.readString(DOCS.resolve("writing-a-sequence.md")))
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(snippets).hasSize(2).allSatisfy(snippet -> assertThat(example).contains(snippet));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "bytecode"})
  void theExampleRunsFromItsSource(String backend) throws Exception {
    Path classes = Path.of(Rseq.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    if (!backend.isEmpty()) {
      command.add("-Drseq4j.backend=" + backend);
    }
    command.addAll(List.of("-cp", classes.toString(), EXAMPLE.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    Properties answers = new Properties();
    answers.load(new StringReader(output));
    assertThat(answers)
        .containsEntry("backend", backend.isEmpty() ? Rseq.isa().toString() : backend)
        .containsEntry("popped_and_left", answers.getProperty("pushed"))
        .containsEntry("interpreted_push", "0")
        .containsEntry("interpreted_pop", "0")
        .containsEntry("interpreted_item", "42");
    assertThat(Long.parseLong(answers.getProperty("pushed"))).isPositive();
  }
}
