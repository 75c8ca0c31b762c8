package io.github.rseq4j.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares the constants with the kernel headers that are installed on this machine. */
final class RseqAbiTest {
  private static final Path HEADERS = Path.of("/usr/include");
  private static final Pattern FIELD = Pattern.compile("__u(8|16|32|64)\\s+(\\w+);");

  @Test
  void areaIsLaidOutAsInTheKernelsHeader() throws IOException {
    var offsets = offsets("rseq");
    var known =
        Map.of(
            "cpu_id_start", RseqAbi.CPU_ID_START,
            "cpu_id", RseqAbi.CPU_ID,
            "rseq_cs", RseqAbi.RSEQ_CS,
            "flags", RseqAbi.FLAGS,
            "node_id", RseqAbi.NODE_ID,
            "mm_cid", RseqAbi.MM_CID);
    offsets.keySet().retainAll(known.keySet());

    assertThat(offsets).containsKeys("cpu_id_start", "cpu_id", "rseq_cs", "flags");
    assertThat(known).containsAllEntriesOf(offsets);
  }

  @Test
  void descriptorIsLaidOutAsInTheKernelsHeader() throws IOException {
    assertThat(offsets("rseq_cs"))
        .isEqualTo(
            Map.of(
                "version", RseqAbi.DESCRIPTOR_VERSION,
                "flags", RseqAbi.DESCRIPTOR_FLAGS,
                "start_ip", RseqAbi.DESCRIPTOR_START_IP,
                "post_commit_offset", RseqAbi.DESCRIPTOR_POST_COMMIT_OFFSET,
                "abort_ip", RseqAbi.DESCRIPTOR_ABORT_IP,
                "", RseqAbi.DESCRIPTOR_SIZE));
  }

  @Test
  void valuesOfCpuIdAreThoseOfTheKernelsHeader() throws IOException {
    assertThat(header("linux/rseq.h"))
        .containsPattern("CPU_ID_UNINITIALIZED\\s*= " + RseqAbi.CPU_ID_UNINITIALIZED)
        .containsPattern("CPU_ID_REGISTRATION_FAILED\\s*= " + RseqAbi.CPU_ID_REGISTRATION_FAILED);
  }

  @Test
  void fieldsOfTheAreaFollowOneAnother() {
    assertThat(RseqAbi.ORIGINAL_FEATURES).isEqualTo(RseqAbi.FLAGS + Integer.BYTES);
    assertThat(RseqAbi.NODE_ID).isEqualTo(RseqAbi.ORIGINAL_FEATURES);
    assertThat(RseqAbi.MM_CID).isEqualTo(RseqAbi.NODE_ID + Integer.BYTES);
    assertThat(RseqAbi.SLICE_CTRL).isEqualTo(RseqAbi.MM_CID + Integer.BYTES);
    assertThat(RseqAbi.ORIGINAL_SIZE).isEqualTo(RseqAbi.SLICE_CTRL + Integer.BYTES);
  }

  @ParameterizedTest
  @EnumSource
  void systemCallsHaveTheNumbersOfTheX86Header(SystemCall call) throws IOException {
    var found =
        List.of("x86_64-linux-gnu/asm/unistd_64.h", "asm/unistd_64.h").stream()
            .filter(name -> Files.exists(HEADERS.resolve(name)))
            .findFirst();
    assumeTrue(found.isPresent(), "the kernel's headers for x86-64 are not installed");
    String header = header(found.get());
    assumeTrue(header.contains("__NR_arch_prctl"), "asm/unistd_64.h is not that of x86-64");

    assertThat(header).containsPattern(definition(call, Arch.X86_64));
  }

  @ParameterizedTest
  @EnumSource
  void systemCallsHaveTheNumbersOfTheGenericHeader(SystemCall call) throws IOException {
    assertThat(header("asm-generic/unistd.h"))
        .containsPattern(definition(call, Arch.AARCH64))
        .containsPattern(definition(call, Arch.RISCV64));
  }

  private static String definition(SystemCall call, Arch arch) {
    return "#define __NR(3264)?_%s %d\\n"
        .formatted(call.name().toLowerCase(Locale.ROOT), call.number(arch));
  }

  @ParameterizedTest
  @CsvSource({
    "amd64,X86_64",
    "x86_64,X86_64",
    "aarch64,AARCH64",
    "riscv64,RISCV64",
    "riscv32,",
    "'',"
  })
  void architectureIsKnownByTheJvmsName(String name, Arch arch) {
    assertThat(Arch.named(name).orElse(null)).isEqualTo(arch);
  }

  @Test
  void signaturesAreThoseOfGlibc() {
    assertThat(Arch.X86_64.rseqSignature()).isEqualTo(0x53053053);
    assertThat(Arch.AARCH64.rseqSignature()).isEqualTo(0xd428bc00);
    assertThat(Arch.RISCV64.rseqSignature()).isEqualTo(0xf1401073);
  }

  /** The offsets of the leading fields of a C structure, and under "" that of its end. */
  private static Map<String, Integer> offsets(String structure) throws IOException {
    String header = header("linux/rseq.h").replaceAll("(?s)/\\*.*?\\*/", "");
    int start = header.indexOf("struct " + structure + " {");
    var fields = FIELD.matcher(header.substring(start, header.indexOf('}', start)));
    var offsets = new HashMap<String, Integer>();
    int offset = 0;
    while (fields.find()) {
      offsets.put(fields.group(2), offset);
      offset += Integer.parseInt(fields.group(1)) / Byte.SIZE;
    }
    offsets.put("", offset);
    return offsets;
  }

  private static String header(String name) throws IOException {
    Path header = HEADERS.resolve(name);
    assumeTrue(Files.exists(header), header + " is not installed");
    return Files.readString(header);
  }
}
