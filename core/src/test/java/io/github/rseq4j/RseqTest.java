package io.github.rseq4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import io.github.rseq4j.percpu.BuiltInSequences;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to be active, and whether everything gives the same results however it is. */
class RseqTest {
  private static final String GRANT = "--enable-native-access=io.github.rseq4j";

  /** All of it in memory from the start, so that what grows and shrinks is something else. */
  private static final List<String> SMALL_HEAP =
      List.of(GRANT, "-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC");

  @BeforeEach
  void requireRseq() {
    assumeTrue(Rseq.availability().active(), Rseq.availability().reason());
  }

  private static Properties run(Map<String, String> environment, String... flags) throws Exception {
    Properties answers = ChildJvm.run(ShortRun.class, environment, List.of(flags));
    assertThat(answers)
        .containsEntry("exact", "true")
        .containsEntry("ring_exact", "true")
        .containsEntry("node", "0");
    return answers;
  }

  /** The name of the backend for this machine's processor. */
  private static String machineCode() {
    return Isa.valueOf(Arch.current().orElseThrow().name()).toString();
  }

  @Test
  void saysWhatIsActive() {
    Availability availability = Rseq.availability();
    assertThat(availability.backend()).isEqualTo(machineCode());
    assertThat(availability.reason()).isEmpty();
    assertThat(availability.indexKinds()).contains(IndexKind.CPU_ID);
    assertThat(availability.features()).startsWith("cpu_id");
    assertThat(availability.cpus().possible()).isEqualTo(CpuSet.possible().toString());
    assertThat(availability.membarrier()).contains("PRIVATE_EXPEDITED_RSEQ");
    assertThat(availability.nativeAccess()).isEqualTo("enabled");
  }

  @Test
  void currentCpuFollowsTheThread() {
    CompletableFuture.runAsync(RseqTest::checkCurrentCpu, Thread.ofPlatform()::start).join();
  }

  private static void checkCurrentCpu() {
    for (int cpu : CpuSet.allowed().ids().stream().toArray()) {
      Threads.setAffinity(0, CpuSet.of(cpu));
      assertThat(Rseq.currentCpu()).isEqualTo(cpu);
      assertThat(Rseq.currentNode()).isNotNegative();
      if (Rseq.availability().indexKinds().contains(IndexKind.MM_CID)) {
        assertThat(Rseq.currentMmCid()).isBetween(0, CpuSet.possible().bound() - 1);
      }
    }
  }

  @Test
  void listsTheCodeThatRuns() {
    for (Sequence sequence : BuiltInSequences.all()) {
      assertThat(Rseq.listing(Program.of(sequence), Rseq.isa()))
          .contains("restart:", "abort:", "descriptor:");
    }
  }

  @Test
  void registersThreadsThatTheLibraryDoesNot() throws Exception {
    Properties answers = run(Map.of("GLIBC_TUNABLES", "glibc.pthread.rseq=0"), GRANT);
    assertThat(answers)
        .containsEntry("active", "true")
        .containsEntry("registered_by", "RSEQ4J")
        .containsEntry("unknown_cpu", "0")
        .containsEntry("missing", "0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytecode", "fallback"})
  void bytecodeCanBeForced(String backend) throws Exception {
    boolean byLibrary = Rseq.availability().registeredBy() == Availability.Registrar.LIBC;
    Properties answers = run(Map.of(), GRANT, "-Drseq4j.backend=" + backend);
    assertThat(answers)
        .containsEntry("active", "false")
        .containsEntry("backend", "bytecode")
        .containsEntry("registered_by", byLibrary ? "LIBC" : "NOBODY")
        .containsEntry("unknown_cpu", "0")
        .containsEntry("mm_cid", "-1");
    assertThat(answers.getProperty("reason")).contains("rseq4j.backend", backend);
  }

  @Test
  void withoutNativeAccessItSaysWhichFlagIsMissing() throws Exception {
    Properties answers =
        ChildJvm.run(ShortRun.class, Map.of(), List.of("--illegal-native-access=deny"));
    assertThat(answers)
        .containsEntry("exact", "true")
        .containsEntry("ring_exact", "true")
        .containsEntry("active", "false")
        .containsEntry("native_access", "denied");
    assertThat(answers.getProperty("reason")).contains(GRANT);
  }

  @Test
  void droppedStructuresGiveTheirMemoryBackThoughTheHeapIsIdle() throws Exception {
    Properties answers =
        ChildJvm.run(DroppedStructures.class, Map.of(), SMALL_HEAP, DroppedStructures.IDLE);
    // 150 rings of at least 8 MiB have been filled: 1200 MiB, beside what the JVM has.
    assertThat(Long.parseLong(answers.getProperty("resident_kib"))).isLessThan(900 << 10);
  }

  @Test
  void droppedStructuresGiveTheirMemoryBackWhileThreadsUseOthers() throws Exception {
    Properties answers =
        ChildJvm.run(DroppedStructures.class, Map.of(), SMALL_HEAP, DroppedStructures.BUSY);
    for (String kind : DroppedStructures.kinds()) {
      long touched = Long.parseLong(answers.getProperty(kind + "_kib"));
      assertThat(touched).as(kind).isGreaterThan(20 << 10);
      assertThat(Long.parseLong(answers.getProperty(kind + "_left_kib")))
          .as("%s, of %d KiB", kind, touched)
          .isLessThan(touched / 2);
    }
    assertThat(answers).containsEntry("exact", "true");
    assertThat(Long.parseLong(answers.getProperty("least_uses"))).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Serial", "Parallel", "G1", "Z", "Shenandoah"})
  void nothingIsPulledFromUnderAThread(String collector) throws Exception {
    String choice = "-XX:+Use%sGC".formatted(collector);
    ChildJvm.assumeStarts(choice);
    Properties answers =
        ChildJvm.run(DroppedRegions.class, Map.of(), List.of(GRANT, "-Xmx256m", choice));
    assertThat(answers).containsEntry("wrong", "0");
    assertThat(Long.parseLong(answers.getProperty("calls"))).isPositive();
    assertThat(Long.parseLong(answers.getProperty("collections"))).isGreaterThan(5);
    assertThat(Long.parseLong(answers.getProperty("collected"))).isPositive();
  }

  @Test
  void anUnknownBackendIsBytecodeAndSaysSo() throws Exception {
    Properties answers = run(Map.of(), GRANT, "-Drseq4j.backend=fast");
    assertThat(answers).containsEntry("active", "false").containsEntry("backend", "bytecode");
    assertThat(answers.getProperty("reason")).contains("rseq4j.backend", "\"fast\"", machineCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xint",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-XX:+UseParallelGC",
        "-XX:+UseG1GC",
        "-XX:+UseZGC",
        "-XX:+UseShenandoahGC"
      })
  void isActiveAndExactHoweverTheJvmIsSetUp(String flag) throws Exception {
    ChildJvm.assumeStarts(flag);
    assertThat(run(Map.of(), GRANT, flag)).containsEntry("active", "true");
  }
}
