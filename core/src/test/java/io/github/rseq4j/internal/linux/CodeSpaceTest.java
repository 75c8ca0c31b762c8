package io.github.rseq4j.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.link.CacheFlush;
import io.github.rseq4j.internal.link.Processors;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CodeSpaceTest {
  private static final byte[] RETURN_42 = HexFormat.of().parseHex(return42());
  private static final int CELLS_OF_A_SMALL_PAGE = 4096 / 64;

  private final CodeSpace space = new CodeSpace();

  private static String return42() {
    return switch (Arch.current().orElse(Arch.X86_64)) {
      case X86_64 -> "b82a000000" + "c3";
      case AARCH64 -> "40058052" + "c0035fd6";
      case RISCV64 -> "1305a002" + "67800000";
    };
  }

  @BeforeEach
  void assumeCodeCanRun() throws CodeSpaceException {
    assumeTrue(Libc.unavailable().isEmpty(), () -> Libc.unavailable().orElseThrow());
    Optional<Processor> processor = Arch.current().flatMap(Processors::of);
    assumeTrue(processor.isPresent(), "there is no code for this processor");
    CacheFlush.install(processor.orElseThrow(), space);
  }

  @Test
  void installedCodeRuns() throws Throwable {
    assertThat(call(install(RETURN_42).entry())).isEqualTo(42);
  }

  @Test
  void codeReachesItsDataRelativeToItself() throws Throwable {
    assumeTrue(Arch.current().equals(Optional.of(Arch.X86_64)), "the code is x86-64's");
    // mov rax, [rip + displacement]; ret
    var installed =
        space.install(
            8,
            (code, codeAddress, dataAddress) -> {
              code.copyFrom(MemorySegment.ofArray(HexFormat.of().parseHex("488b0500000000c3")));
              int displacement = Math.toIntExact(dataAddress - (codeAddress + 7));
              code.set(ValueLayout.JAVA_INT_UNALIGNED, 3, displacement);
            });
    assertThat(call(installed.entry())).isZero();

    installed.data().set(ValueLayout.JAVA_LONG, 0, 1L << 40);
    assertThat(call(installed.entry())).isEqualTo(1L << 40);
  }

  @Test
  void pagesAreNeverBothWritableAndExecutable() throws CodeSpaceException {
    var whileWriting = new ArrayList<String>();
    var installed =
        space.install(
            RETURN_42.length,
            (code, codeAddress, _) -> {
              code.fill((byte) 0xcc);
              whileWriting.add(ProcMaps.permissions(codeAddress).orElseThrow());
            });

    assertThat(whileWriting).containsExactly("rw-p");
    assertThat(ProcMaps.permissions(installed.entry())).contains("r-xp");
    assertThat(ProcMaps.permissions(installed.data().address())).contains("rw-p");

    var next = install(RETURN_42);
    assertThat(ProcMaps.permissions(installed.entry())).contains("r-xp");
    assertThat(ProcMaps.permissions(next.entry())).contains("r-xp");
    assertThat(ProcMaps.permissions(next.entry() + Libc.pageSize())).contains("---p");
  }

  @Test
  void cellsAreAlignedZeroAndApart() throws CodeSpaceException {
    var first = install(RETURN_42);
    var second = install(RETURN_42);

    assertThat(first.data().byteSize()).isEqualTo(64);
    assertThat(first.data().address() % 64).isZero();
    first.data().fill((byte) -1);
    assertThat(second.data().toArray(ValueLayout.JAVA_LONG)).containsOnly(0L);
  }

  @Test
  void laterInstallationsLeaveEarlierOnesAlone() throws Throwable {
    var first = install(RETURN_42);
    var entries = new HashSet<Long>();
    var cells = new HashSet<Long>();
    for (int i = 0; i < 3 * CELLS_OF_A_SMALL_PAGE; i++) {
      var installed = install(new byte[] {(byte) 0xc3});
      assertThat(entries.add(installed.entry())).isTrue();
      assertThat(cells.add(installed.data().address())).isTrue();
      assertThat(Math.abs(installed.entry() - installed.data().address())).isLessThan(1L << 31);
    }

    assertThat(entries).doesNotContain(first.entry());
    assertThat(cells).doesNotContain(first.data().address());
    assertThat(bytes(first.entry(), RETURN_42.length)).isEqualTo(RETURN_42);
    assertThat(call(first.entry())).isEqualTo(42);
  }

  @Test
  void largeCodeGetsAsManyPagesAsItTakes() throws CodeSpaceException {
    int pages = 200;
    var first = install(new byte[(int) (pages * Libc.pageSize() - 1)]);
    var second = install(new byte[(int) (pages * Libc.pageSize())]);

    assertThat(List.of(first, second))
        .allSatisfy(
            installed ->
                assertThat(ProcMaps.permissions(installed.entry() + pages * Libc.pageSize() - 1))
                    .contains("r-xp"));
  }

  @Test
  void refusesSizesThatNoChunkHolds() {
    long most = (1 << 20) - Libc.pageSize();
    for (int size : new int[] {-1, 0, (int) most + 1, Integer.MAX_VALUE}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> space.install(size, (_, _, _) -> {}))
          .withMessage("%d bytes of code: not between 1 and %d", size, most);
    }
  }

  @Test
  void aWriterThatThrowsLeavesNothingBehind() throws CodeSpaceException {
    var places = new ArrayList<Long>();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(
            () ->
                space.install(
                    16,
                    (code, codeAddress, _) -> {
                      places.add(codeAddress);
                      code.fill((byte) 0xcc);
                      throw new UnsupportedOperationException();
                    }));

    var next = space.install(16, (_, _, _) -> {});
    assertThat(places).containsExactly(next.entry());
    assertThat(bytes(next.entry(), 16)).containsOnly(0);
  }

  @Test
  void theDestinationIsOutOfReachAfterwards() throws CodeSpaceException {
    var kept = new ArrayList<MemorySegment>();
    var _ = space.install(16, (code, _, _) -> kept.add(code));

    assertThat(kept).hasSize(1);
    assertThatIllegalStateException()
        .isThrownBy(() -> kept.getFirst().set(ValueLayout.JAVA_BYTE, 0, (byte) 0));
  }

  @Test
  void manyThreadsGetPlacesOfTheirOwn() throws Exception {
    int threads = 8;
    int each = 20;
    var entries = new HashSet<Long>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<CodeSpace.Installed>>();
      for (int i = 0; i < threads * each; i++) {
        futures.add(executor.submit(() -> install(RETURN_42)));
      }
      for (var future : futures) {
        entries.add(future.get().entry());
      }
    }

    assertThat(entries).hasSize(threads * each);
  }

  @Test
  void aProcessThatMayNotGainExecutablePagesIsToldSo() throws Exception {
    var answers =
        Probe.run(Map.of(), List.of("-Xint", "--enable-native-access=io.github.rseq4j"), "mdwe");
    assumeTrue(answers.getProperty("prctl").equals("0"), "the kernel lacks PR_SET_MDWE (6.3)");

    assertThat(answers.getProperty("code"))
        .startsWith("13 ")
        .contains("EACCES (13)")
        .contains("executable")
        .contains("SELinux");
    assertThat(answers).containsEntry("mapping", "");
  }

  private CodeSpace.Installed install(byte[] code) throws CodeSpaceException {
    return space.install(
        code.length, (destination, _, _) -> destination.copyFrom(MemorySegment.ofArray(code)));
  }

  @SuppressWarnings("restricted")
  private static byte[] bytes(long address, int size) {
    return MemorySegment.ofAddress(address).reinterpret(size).toArray(ValueLayout.JAVA_BYTE);
  }

  @SuppressWarnings("restricted")
  private static long call(long entry) throws Throwable {
    return (long)
        Linker.nativeLinker()
            .downcallHandle(
                MemorySegment.ofAddress(entry), FunctionDescriptor.of(ValueLayout.JAVA_LONG))
            .invokeExact();
  }

  @Test
  void cachesAreFlushedForAllOfWhatIsInstalled() throws Exception {
    CodeSpace space = new CodeSpace();
    List<Long> flushed = new ArrayList<>();
    space.flushWith(
        (start, end) -> {
          flushed.add(start);
          flushed.add(end - start);
        });
    CodeSpace.Installed installed = space.install(5000, (_, _, _) -> {});
    assertThat(flushed).containsExactly(installed.entry(), 2L * Libc.pageSize());
  }
}
