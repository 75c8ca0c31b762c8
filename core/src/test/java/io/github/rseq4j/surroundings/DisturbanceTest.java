package io.github.rseq4j.surroundings;

import static io.github.rseq4j.surroundings.Surroundings.FLAGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.ChildJvm;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Errno;
import io.github.rseq4j.internal.linux.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process disturbs one that works, a number of times: everything stays exact. */
class DisturbanceTest {
  private static final int SIGCONT = 18;
  private static final int SIGSTOP = 19;

  private static final long PAUSE_NANOS = 1_000_000;

  private final SplittableRandom random = new SplittableRandom(42);

  @BeforeAll
  static void requireRseq() {
    Surroundings.requireRseq();
  }

  /** What is done to a process while it works. */
  private interface Disturbance {
    void disturb(ChildJvm child) throws IOException;
  }

  private static Properties run(List<String> flags, List<String> arguments, Disturbance disturbance)
      throws Exception {
    List<String> all = new ArrayList<>(arguments);
    all.add(WorkloadRun.DISTURBED);
    List<String> command = ChildJvm.command(WorkloadRun.class, flags, all.toArray(String[]::new));
    try (ChildJvm child = ChildJvm.start(Map.of(), command)) {
      child.awaitLine(WorkloadRun.READY);
      try {
        disturbance.disturb(child);
        child.goOn();
      } catch (IOException e) {
        child.finish(); // tells how it ended
        throw e;
      }
      Properties answers = Surroundings.requireExact(child.finish());
      assertThat(answers)
          .containsEntry("active", "true")
          .containsEntry("without_index", "0")
          .containsEntry("closed", "");
      return answers;
    }
  }

  private static List<Integer> threads(ChildJvm child) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(child.pid()), "task"))) {
      return tasks.map(task -> Integer.parseInt(task.getFileName().toString())).toList();
    }
  }

  private static void pause() {
    LockSupport.parkNanos(PAUSE_NANOS);
  }

  private static CpuSet allowed() {
    CpuSet allowed = CpuSet.allowed();
    assumeTrue(allowed.count() >= 2, "one CPU only: nowhere to move to");
    return allowed;
  }

  private CpuSet some(CpuSet allowed) {
    int[] cpus = allowed.ids().stream().toArray();
    BitSet some = new BitSet();
    some.set(cpus[random.nextInt(cpus.length)]);
    some.set(cpus[random.nextInt(cpus.length)]);
    return new CpuSet(some);
  }

  @Test
  void affinityIsNarrowedAndMoved() throws Exception {
    CpuSet allowed = allowed();
    run(
        FLAGS,
        List.of(),
        child -> {
          for (int i = 0; i < 200; i++) {
            CpuSet cpus = some(allowed);
            threads(child).forEach(tid -> Threads.setAffinity(tid, cpus));
            pause();
          }
        });
  }

  @Test
  void cpusetIsNarrowedAndMoved() throws Exception {
    CpuSet allowed = allowed();
    try (Cpuset group = cpuset(allowed)) {
      run(
          FLAGS,
          List.of(),
          child -> {
            group.add(child.pid());
            for (int i = 0; i < 100; i++) {
              group.allow(some(allowed));
              pause();
            }
          });
    }
  }

  private static Cpuset cpuset(CpuSet allowed) {
    try {
      Cpuset group = Cpuset.create();
      group.allow(allowed);
      return group;
    } catch (IOException e) {
      return abort("no control group can be made: " + e);
    }
  }

  @Test
  void isStoppedAndContinued() throws Exception {
    run(
        FLAGS,
        List.of(),
        child -> {
          for (int i = 0; i < 100; i++) {
            TestCall.KILL.call(child.pid(), SIGSTOP);
            while (!Surroundings.status(child.pid(), "State").startsWith("T")) {
              pause();
            }
            TestCall.KILL.call(child.pid(), SIGCONT);
            pause();
          }
        });
  }

  @Test
  void profilersSignalsRainDown() throws Exception {
    run(FLAGS, List.of(WorkloadRun.PROFILED), DisturbanceTest::rain);
  }

  private static void rain(ChildJvm child) throws IOException {
    for (int i = 0; i < 200; i++) {
      for (int tid : threads(child)) {
        TestCall.TGKILL.call(child.pid(), tid, Profiling.SIGPROF);
      }
      pause();
    }
  }

  @Test
  void flightRecorderSamples(@TempDir Path directory) throws Exception {
    List<String> flags = new ArrayList<>(FLAGS);
    Path recording = directory.resolve("recording.jfr");
    flags.add(
        "-XX:StartFlightRecording:settings=profile,jdk.CPUTimeSample#enabled=true,"
            + "jdk.CPUTimeSample#throttle=1ms,filename="
            + recording);
    run(flags, List.of(), _ -> LockSupport.parkNanos(500 * PAUSE_NANOS));
    assertThat(recording).isNotEmptyFile();
  }

  @Test
  void debuggerAttachesStepsAndDetaches() throws Exception {
    Properties answers =
        run(
            FLAGS,
            List.of(),
            child -> {
              try (Tracer tracer = new Tracer()) {
                for (int i = 0; i < 10; i++) {
                  for (int tid : threads(child)) {
                    // That of the first thread would be news to whoever waits for the process.
                    if (tid != child.pid()) {
                      requireTraced(tracer.trace(tid, works(child, tid) ? 100 : 0));
                    }
                  }
                }
                System.out.printf("debugger: %d steps", tracer.steps());
              }
            });
    System.out.printf(", %s restarts%n", answers.getProperty("restarts"));
  }

  private static void requireTraced(int result) {
    // A thread may have ended meanwhile.
    assumeTrue(
        result == 0 || result == -Errno.ESRCH, "ptrace fails with " + Errno.describe(-result));
  }

  /** Returns whether a thread is one of those that the workload has started, by its name. */
  private static boolean works(ChildJvm child, int tid) throws IOException {
    try {
      String name =
          Files.readString(Path.of("/proc", Long.toString(child.pid()), "task", tid + "", "comm"));
      return name.startsWith("Thread-") || name.startsWith("ForkJoinPool");
    } catch (NoSuchFileException _) {
      return false;
    }
  }
}
