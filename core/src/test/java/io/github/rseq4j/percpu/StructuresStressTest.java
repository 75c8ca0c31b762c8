package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.ChildJvm;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All structures at once, under each collector and with many virtual threads. */
class StructuresStressTest {
  private static final String SECONDS = System.getProperty("rseq4j.stressSeconds", "2");
  private static final int VIRTUAL_THREADS = Integer.getInteger("rseq4j.virtualThreads", 100_000);
  private static final int ROUNDS = 3;

  /** Samples by timer, in all threads; and by signals of the processor time used, since JDK 25. */
  private static final String RECORDING =
      "-XX:StartFlightRecording:settings=profile,jdk.CPUTimeSample#enabled=true,filename=";

  private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");

  private static boolean succeeds(List<String> command, Path output) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    return builder.redirectOutput(output.toFile()).start().waitFor() == 0;
  }

  @ParameterizedTest
  @ValueSource(strings = {"Serial", "Parallel", "G1", "Z", "Shenandoah"})
  @Timeout(1200)
  void staysExactUnderEachCollectorAndWhileSamplesAreTaken(
      String collector, @TempDir Path directory) throws Exception {
    String backend = System.getProperty("rseq4j.backend");
    boolean jvmci = "jvmci".equals(backend);
    assumeTrue(
        backend == null || jvmci || collector.equals("G1"), "one collector is enough without rseq");
    String choice = "-XX:+Use%sGC".formatted(collector);
    ChildJvm.assumeStarts(choice);
    Path output = directory.resolve("output");
    Path recording = directory.resolve("recording.jfr");
    List<String> flags = new ArrayList<>();
    flags.addAll(List.of(choice, "-Xmx256m", "-Xlog:disable", "--add-modules", "jdk.jfr"));
    flags.add(RECORDING + recording);
    flags.add("--enable-native-access=io.github.rseq4j");
    flags.addAll(List.of("-cp", assertions(), "--add-reads", "io.github.rseq4j=ALL-UNNAMED"));
    if (jvmci) {
      flags.add(ChildJvm.JVMCI);
    } else if (backend != null) {
      flags.add("-Drseq4j.backend=" + backend);
    }

    Properties answers = ChildJvm.run(StructuresStress.class, Map.of(), flags, SECONDS);
    assertThat(Long.parseLong(answers.getProperty("rounds_least"))).isPositive();
    System.out.printf("stress, %s: %s%n", collector, answers);
    assertSampled(recording, output);
  }

  private static String assertions() throws URISyntaxException {
    return Path.of(Assertions.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .toString();
  }

  private static void assertSampled(Path recording, Path output) throws Exception {
    Path jfr = BIN.resolve("jfr");
    if (Files.isExecutable(jfr)) {
      assertThat(succeeds(List.of(jfr.toString(), "summary", recording.toString()), output))
          .isTrue();
      long samples = count(output, "jdk.ExecutionSample") + count(output, "jdk.CPUTimeSample");
      assertThat(samples).as("samples in:%n%s", Files.readString(output)).isPositive();
    }
  }

  /** Returns how many events there are, by a line of the summary: their name, number and size. */
  private static long count(Path summary, String event) throws IOException {
    return Files.readAllLines(summary).stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(columns -> columns.length == 3 && columns[0].equals(event))
        .mapToLong(columns -> Long.parseLong(columns[1]))
        .sum();
  }

  @Test
  @Timeout(1200)
  @SuppressWarnings("ThreadPriorityCheck") // yielding makes for more switches
  void aHundredThousandVirtualThreadsAreCountedExactly() throws Exception {
    List<StressPart> parts = StructuresStress.parts(VIRTUAL_THREADS);
    List<Future<?>> users = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < VIRTUAL_THREADS; i++) {
        int thread = i;
        users.add(
            executor.submit(
                () -> {
                  for (int round = 0; round < ROUNDS; round++) {
                    for (StressPart part : parts) {
                      part.use(thread, round);
                    }
                    Thread.yield();
                  }
                  return null;
                }));
      }
      for (Future<?> user : users) {
        while (!user.isDone()) {
          for (StressPart part : parts) {
            part.look();
          }
        }
        user.get();
      }
    }
    StructuresStress.check(parts);
  }
}
