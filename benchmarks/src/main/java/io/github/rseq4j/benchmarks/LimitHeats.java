package io.github.rseq4j.benchmarks;

import io.github.rseq4j.benchmarks.report.Role;
import io.github.rseq4j.benchmarks.report.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What can be reached: the same sequence in C, compiled by the system's compiler. */
final class LimitHeats {
  private static final String GROUP = "limit";
  private static final String SOURCE = "limit.c";
  private static final int MOST_ROUNDS = 5;

  /** What the program can do, by its argument. */
  private enum Limit {
    INLINED("0", "C, the sequence inlined in the loop"),
    CALLED("1", "C, the sequence behind a call"),
    THREAD_LOCAL("2", "C, plain addition to a thread-local word");

    private final String mode;
    private final String label;

    Limit(String mode, String label) {
      this.mode = mode;
      this.label = label;
    }
  }

  private LimitHeats() {}

  /**
   * Returns the one heat.
   *
   * @param folder where the program may be left
   */
  static List<Heat> all(Pace pace, Path folder) {
    Heat ours = new JmhHeats(Group.COUNTER, pace, List.of(1), folder).all().getFirst();
    List<Contestant> contestants =
        new ArrayList<>(
            ours.contestants().stream().filter(each -> each.role() == Role.OURS).toList());
    Arrays.stream(Limit.values())
        .map(each -> new Contestant(each.label, Role.RIVAL, () -> run(each, pace, folder)))
        .forEach(contestants::add);
    return List.of(
        new Heat(
            new Subject(GROUP, "addition to a counter by one thread", ours.subject().unit(), ""),
            "1",
            pace.quick() ? pace.rounds() : MOST_ROUNDS,
            ours.each(),
            contestants));
  }

  private static Sample run(Limit limit, Pace pace, Path folder)
      throws IOException, InterruptedException {
    String printed =
        ChildProcess.run(
            List.of(
                program(folder).toString(),
                limit.mode,
                String.valueOf(pace.warmups()),
                String.valueOf(pace.iterations()),
                String.valueOf(pace.millis())));
    return new Sample(printed.lines().map(Double::valueOf).toList());
  }

  private static Path program(Path folder) throws IOException, InterruptedException {
    Path program = folder.resolve("limit");
    if (!Files.exists(program)) {
      Path source = folder.resolve(SOURCE);
      try (InputStream in = LimitHeats.class.getResourceAsStream(SOURCE)) {
        Files.write(source, Objects.requireNonNull(in).readAllBytes());
      }
      ChildProcess.run(List.of("cc", "-O2", "-o", program.toString(), source.toString()));
    }
    return program;
  }
}
