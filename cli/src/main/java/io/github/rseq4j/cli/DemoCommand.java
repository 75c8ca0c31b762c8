package io.github.rseq4j.cli;

import io.github.rseq4j.Rseq;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Does the main job on real files, and compares. */
@Command(
    name = "demo",
    description = {
      "Counts the bytes and lines of files from several threads and passes their records to one "
          + "reader, without locks or atomic instructions; then does the same in plain Java and "
          + "with the JDK's tools, and compares results and times."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:every figure was exact",
      "1:one was not",
      "2:a file cannot be read, or an argument cannot be used"
    })
final class DemoCommand implements Callable<Integer> {
  private static final int MOST_THREADS = 1024;
  private static final int THREADS_PER_CPU = 2;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "how many threads, 1 to " + MOST_THREADS + "; default: 2 per CPU, here ${DEFAULT-VALUE}")
  private int threads =
      Math.min(MOST_THREADS, THREADS_PER_CPU * Runtime.getRuntime().availableProcessors());

  @Option(names = "--virtual", description = "use virtual threads")
  private boolean virtual;

  @Parameters(
      paramLabel = "FILE",
      description = "what to read; default: lib/modules and lib/classlist of the running JDK")
  private List<Path> files = List.of();

  @Override
  public Integer call() throws BadInputException {
    if (threads < 1 || threads > MOST_THREADS) {
      throw new BadInputException("--threads %d is not in 1..%d".formatted(threads, MOST_THREADS));
    }
    Workers workers = new Workers(threads, virtual);
    Input input = new Input(files.isEmpty() ? filesOfJdk() : files);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "input: %s bytes in %d file%s%n",
        Figures.grouped(input.bytes()), input.files(), input.files() == 1 ? "" : "s");
    out.flush();
    Progress progress = new Progress(spec.commandLine().getErr(), "demo: ");
    Demo.Outcome outcome = new Demo(input, workers, progress).run();
    DemoReport report = DemoReport.of(Rseq.availability(), workers, outcome);
    out.print(report);
    out.flush();
    return report.exact() ? 0 : 1;
  }

  private static List<Path> filesOfJdk() throws BadInputException {
    Path lib = Path.of(System.getProperty("java.home"), "lib");
    List<Path> found =
        Stream.of("modules", "classlist").map(lib::resolve).filter(Files::isRegularFile).toList();
    if (found.isEmpty()) {
      throw new BadInputException(
          "%s has neither modules nor classlist: name a file to read".formatted(lib));
    }
    return found;
  }
}
