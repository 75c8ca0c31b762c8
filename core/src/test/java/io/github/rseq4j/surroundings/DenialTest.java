package io.github.rseq4j.surroundings;

import static io.github.rseq4j.surroundings.Surroundings.FLAGS;
import static io.github.rseq4j.surroundings.Surroundings.GRANT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.ChildJvm;
import io.github.rseq4j.internal.linux.Errno;
import io.github.rseq4j.surroundings.Denial.What;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a security filter or the JVM denies: the results are the same, and the reason is there. */
class DenialTest {
  /** All of the JVM's own code cache is made executable at the start, and none later. */
  private static final List<String> FIXED_CODE_CACHE =
      List.of(
          GRANT,
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-XX:InitialCodeCacheSize=16m",
          "-XX:ReservedCodeCacheSize=16m");

  @BeforeAll
  static void requireRseq() {
    Surroundings.requireRseq();
  }

  /** Runs the workload in a process that something is denied to before it starts. */
  private static Properties runDenied(What denied, int errno, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(new Denial(denied, errno).toString()));
    command.addAll(ChildJvm.command(WorkloadRun.class, FLAGS, arguments));
    return Surroundings.requireExact(
        ChildJvm.run(DeniedStart.class, Map.of(), FLAGS, command.toArray(String[]::new)));
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS})
  void rseqFromTheStart(int errno) throws Exception {
    Properties answers = runDenied(What.RSEQ, errno);
    assertThat(answers).containsEntry("active", "false").containsEntry("backend", "bytecode");
    assertThat(answers.getProperty("reason"))
        .contains("rseq(2) fails with " + Errno.describe(errno), "allow rseq in the seccomp");
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS})
  void membarrierFromTheStart(int errno) throws Exception {
    Properties answers = runDenied(What.MEMBARRIER, errno);
    assertThat(answers).containsEntry("active", "false").containsEntry("backend", "bytecode");
    assertThat(answers.getProperty("reason"))
        .contains("membarrier fails with " + Errno.describe(errno), "seccomp", "allow membarrier");
  }

  /** Only the self-test needs to move threads. */
  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS})
  void affinityFromTheStart(int errno) throws Exception {
    Properties answers = runDenied(What.SCHED_SETAFFINITY, errno, WorkloadRun.SELF_TEST);
    String denied = "sched_setaffinity fails with " + Errno.describe(errno);
    if (answers.getProperty("active").equals("true")) {
      assertThat(answers)
          .containsEntry("missing", "[]")
          .containsEntry("migration", "NOT_RUN " + denied)
          .containsEntry("preemption", "NOT_RUN " + denied);
    } else {
      // Where kernels are known to fail everything rests on the self-test.
      assertThat(answers.getProperty("reason")).contains(denied, "allow sched_setaffinity");
    }
  }

  @Test
  void affinityWhereTheSelfTestIsWanted() throws Exception {
    Properties answers =
        Surroundings.run(
            Map.of(),
            List.of(GRANT, "-Drseq4j.selfTest=always"),
            WorkloadRun.AT_FIRST + new Denial(What.SCHED_SETAFFINITY, Errno.EPERM));
    assertThat(answers).containsEntry("active", "false").containsEntry("backend", "bytecode");
    assertThat(answers.getProperty("reason"))
        .contains("sched_setaffinity fails with EPERM", "allow sched_setaffinity");
  }

  /**
   * Where glibc registers threads it ends the process itself if it cannot go on with that, with
   * rseq4j or without; so it is kept from it here.
   */
  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS})
  void rseqForNewThreads(int errno) throws Exception {
    Properties answers =
        Surroundings.run(
            Map.of("GLIBC_TUNABLES", "glibc.pthread.rseq=0"),
            FLAGS,
            WorkloadRun.DETECTED + new Denial(What.RSEQ, errno));
    assertThat(answers).containsEntry("active", "true").containsEntry("registered_by", "RSEQ4J");
    assertThat(Integer.parseInt(answers.getProperty("without_index"))).isPositive();
  }

  /** What needs no fence goes on; what does says so. */
  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS})
  void membarrierWhileRunning(int errno) throws Exception {
    Properties answers =
        Surroundings.run(Map.of(), FLAGS, WorkloadRun.HALFWAY + new Denial(What.MEMBARRIER, errno));
    assertThat(answers).containsEntry("active", "true").containsEntry("without_index", "0");
    assertThat(answers.getProperty("closed"))
        .contains("membarrier failed with " + Errno.describe(errno), "seccomp");
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.EACCES, Errno.ENOMEM})
  void executableMemory(int errno) throws Exception {
    Properties answers =
        Surroundings.run(
            Map.of(), FIXED_CODE_CACHE, WorkloadRun.AT_FIRST + new Denial(What.EXEC, errno));
    assertThat(answers).containsEntry("active", "false").containsEntry("backend", "bytecode");
    assertThat(answers.getProperty("reason"))
        .contains(Errno.describe(errno))
        .contains(
            errno == Errno.ENOMEM
                ? List.of("ulimit -v")
                : List.of("SELinux", "MemoryDenyWriteExecute", "seccomp"));
  }

  /** Each structure, as it is first used, is left without its machine code. */
  @Test
  void executableMemoryForStructures() throws Exception {
    Properties answers =
        Surroundings.run(
            Map.of(), FIXED_CODE_CACHE, WorkloadRun.DETECTED + new Denial(What.EXEC, Errno.EACCES));
    assertThat(answers).containsEntry("active", "true");
    assertThat(answers.getProperty("missing"))
        .contains("counter_add", "ring_write", "push", "EACCES", "allow executable");
    assertThat(Integer.parseInt(answers.getProperty("without_index"))).isPositive();
  }

  @Test
  void nativeAccess() throws Exception {
    Properties answers = Surroundings.run(Map.of(), List.of("--illegal-native-access=deny"));
    assertThat(answers)
        .containsEntry("active", "false")
        .containsEntry("backend", "bytecode")
        .containsEntry("native_access", "denied");
    assertThat(answers.getProperty("reason")).contains(GRANT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xint",
        "-XX:TieredStopAtLevel=1",
        "-Xcomp -XX:CompileCommand=quiet -XX:CompileCommand=compileonly,io.github.rseq4j.*::*"
      })
  void interpreterOrCompilers(String flags) throws Exception {
    List<String> all = new ArrayList<>(List.of(flags.split(" ")));
    all.add(GRANT);
    assertThat(Surroundings.run(Map.of(), all)).containsEntry("active", "true");
  }
}
