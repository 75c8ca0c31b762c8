package io.github.rseq4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The report in a browser, which leaves pictures of it in {@code target}. */
class PageTest {
  /** Debian's name of Chromium without a window, and that of Chrome for Testing. */
  private static final List<String> BROWSERS =
      List.of("chromium-headless-shell", "chrome-headless-shell");

  private static final Pattern FOUND =
      Pattern.compile("<pre id=\"found\">(.*?)</pre>", Pattern.DOTALL);

  private String browser = "";

  @TempDir private Path folder;

  @BeforeEach
  void findBrowser() {
    Optional<Path> found =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .flatMap(each -> BROWSERS.stream().map(name -> Path.of(each, name)))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(found.isPresent(), "there is none of " + BROWSERS);
    browser = found.map(Path::toString).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"1280, false", "1280, true", "400, false", "400, true"})
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void canBeReadInEveryWindowByDayAndByNight(int width, boolean dark) throws Exception {
    Results results = Fixture.results();
    Path page = write("page.html", HtmlReport.of(results));
    Path inspected =
        write("inspected.html", HtmlReport.of(results) + "<script>" + inspection() + "</script>");

    JsonNode found = found(browse(width, 900, dark, inspected, "--dump-dom"));
    assertThat(found.get("width").asInt()).isEqualTo(width);
    assertThat(found.get("dark").asBoolean()).isEqualTo(dark);
    assertThat(found.get("plots").asInt()).isEqualTo(results.comparisons().size() + 1);
    assertThat(found.get("texts").asInt()).isGreaterThan(100);
    assertThat(found.get("resources").asInt()).isZero();

    Path picture = Path.of("target", "report-%d-%s.png".formatted(width, dark ? "dark" : "light"));
    Files.deleteIfExists(picture);
    Files.createDirectories(picture.getParent());
    int height = found.get("height").asInt();
    browse(width, height, dark, page, "--screenshot=" + picture.toAbsolutePath());
    assertThat(picture).isNotEmptyFile();

    assertThat(found.get("problems").valueStream().map(JsonNode::asText)).isEmpty();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String inspection() throws IOException {
    try (var in = PageTest.class.getResourceAsStream("inspect.js")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static JsonNode found(String page) throws IOException {
    Matcher matcher = FOUND.matcher(page);
    assertThat(matcher.find()).as(page).isTrue();
    String escaped = matcher.group(1);
    return new ObjectMapper()
        .readTree(escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
  }

  /** Opens a page, and returns what the browser prints. */
  private String browse(int width, int height, boolean dark, Path page, String option)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> command = new ArrayList<>(List.of(browser));
    command.addAll(
        List.of(
            "--no-sandbox", // which does not run in containers; the page is our own
            "--disable-gpu",
            "--hide-scrollbars",
            "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1),
            "--window-size=%d,%d".formatted(width, height),
            option,
            page.toUri().toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor()).as(() -> read(err)).isZero();
    } finally {
      process.destroyForcibly();
    }
    return read(out);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
