package io.github.rseq4j.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link LibcRseq} and {@link KernelRseq}. */
final class LibcRseqTest {
  @Test
  void areaOfThisLibraryIsAligned() {
    var libc = LibcRseq.find();
    assumeTrue(libc.isPresent(), "the C library has no rseq area");

    assertThat(libc.get().offset() % RseqAbi.ORIGINAL_ALIGNMENT).isZero();
    assertThat(libc.get().flags()).isZero();
    assertThat(libc.get().size()).isBetween(0, 4096);
    assertThat(libc.get().registersThreads()).isEqualTo(libc.get().size() > 0);
  }

  @Test
  void areaIsThereButNotRegisteredWhereTheLibraryIsToldSo() throws Exception {
    assumeTrue(LibcRseq.find().isPresent(), "the C library has no rseq area");

    var answers =
        Probe.run(
            Map.of("GLIBC_TUNABLES", "glibc.pthread.rseq=0"),
            List.of("--enable-native-access=io.github.rseq4j"));

    // Elsewhere than if it were registered, from glibc 2.41 on.
    assertThat(answers.getProperty("libc_rseq")).contains("size=0, flags=0");
  }

  @Test
  void kernelSaysWhatIsInTheAuxiliaryVector() throws IOException {
    Path file = Path.of("/proc/self/auxv");
    assumeTrue(Libc.unavailable().isEmpty(), () -> Libc.unavailable().orElseThrow());
    assumeTrue(Files.isReadable(file), file + " is not readable");
    var vector =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder()).asLongBuffer();
    int size = 0;
    int alignment = 0;
    while (vector.hasRemaining()) {
      long type = vector.get();
      int value = (int) vector.get();
      size = type == RseqAbi.AT_RSEQ_FEATURE_SIZE ? value : size;
      alignment = type == RseqAbi.AT_RSEQ_ALIGN ? value : alignment;
    }

    assertThat(KernelRseq.find()).isEqualTo(new KernelRseq(size, alignment));
  }

  @ParameterizedTest(name = "glibc''s size {0}, kernel''s {1}: {2} usable")
  @CsvSource({
    // glibc's size, kernel's feature size, usable, node_id, mm_cid, slice_ctrl
    "32,  0, 20, false, false, false", // glibc 2.35 to 2.39 on Linux before 6.3
    "32, 28, 28, true,  true,  false", // on 6.3
    "32, 33, 32, true,  true,  true", // a kernel with more than the area can hold
    "20,  0, 20, false, false, false", // glibc 2.40, and some before
    "20, 28, 28, true,  true,  false",
    "20, 64, 32, true,  true,  true",
    " 0,  0, 20, false, false, false", // turned off: we register 32 bytes
    " 0, 28, 28, true,  true,  false",
    " 0, 33, 32, true,  true,  true",
    "24, 28, 24, true,  false, false", // glibc 2.41 and later: as it says
    "28, 28, 28, true,  true,  false",
    "33, 33, 33, true,  true,  true",
  })
  void usableFeaturesFollowFromBoth(
      int libcSize, int featureSize, int usable, boolean node, boolean mmCid, boolean slice) {
    var kernel = new KernelRseq(featureSize, 32);

    assertThat(kernel.usableFeatures(libcSize)).isEqualTo(usable);
    assertThat(kernel.hasNodeId(libcSize)).isEqualTo(node);
    assertThat(kernel.hasMmCid(libcSize)).isEqualTo(mmCid);
    assertThat(kernel.hasSliceControl(libcSize)).isEqualTo(slice);
  }

  @Test
  void kernelHasARelease() {
    assumeTrue(Files.exists(Path.of("/proc/sys/kernel/osrelease")), "no /proc here");

    assertThat(KernelVersion.release().orElseThrow()).isEqualTo(System.getProperty("os.version"));
  }
}
