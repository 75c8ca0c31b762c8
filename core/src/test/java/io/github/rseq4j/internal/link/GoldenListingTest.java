package io.github.rseq4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Disassembled;
import io.github.rseq4j.internal.asm.Objdump;
import io.github.rseq4j.internal.compile.Placement;
import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.percpu.BuiltInSequences;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The steps and the machine code of every built-in sequence, as they are in {@code *.golden}.
 *
 * <p>Where a change of the code is meant, {@code mvn test -Dtest=GoldenListingTest
 * -Drseq4j.updateGolden=true} in {@code core} writes the files anew; the difference is then to be
 * read before it is committed.
 */
class GoldenListingTest {
  private static final boolean UPDATE = Boolean.getBoolean("rseq4j.updateGolden");

  /** Fixed, so that every machine gives the same listing; the offset is that of a usual glibc. */
  private static final Target TARGET = new Target(2336, 2, false);

  private static final Placement PLACEMENT = new Placement(0x10000, 0x20000);

  /** Surefire runs the tests in the module's directory. */
  private static final Path DIRECTORY =
      Path.of("src/test/resources", GoldenListingTest.class.getPackageName().replace('.', '/'));

  static Stream<Arguments> sequences() {
    return Stream.of(Arch.values())
        .flatMap(
            arch ->
                BuiltInSequences.all().stream()
                    .flatMap(
                        sequence ->
                            Stream.of(IndexKind.values())
                                .map(
                                    index ->
                                        arguments(
                                            arch,
                                            sequence.name() + "." + index + ".golden",
                                            sequence.indexedBy(index)))));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("sequences")
  void listingIsAsInTheGoldenFile(Arch arch, String file, Sequence sequence) throws IOException {
    String listing = sequence + "\n" + compile(arch, sequence).listing();
    if (UPDATE) {
      Files.createDirectories(directory(arch));
      Files.writeString(directory(arch).resolve(file), listing);
    }
    assertThat(directory(arch).resolve(file)).exists().content().isEqualTo(listing);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("sequences")
  void instructionsAreWhatObjdumpReads(Arch arch, String file, Sequence sequence)
      throws IOException {
    AssembledCode code = compile(arch, sequence);
    assertThat(Objdump.valueOf(arch.name()).read(code.bytes()))
        .as(file)
        .containsSequence(Disassembled.instructions(code));
  }

  @ParameterizedTest
  @EnumSource
  void thereAreNoOtherGoldenFiles(Arch arch) throws IOException {
    try (Stream<Path> files = Files.list(directory(arch))) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrderElementsOf(
              sequences()
                  .filter(arguments -> arguments.get()[0] == arch)
                  .map(arguments -> (String) arguments.get()[1])
                  .toList());
    }
  }

  private static Path directory(Arch arch) {
    return DIRECTORY.resolve(arch.name().toLowerCase(Locale.ROOT));
  }

  private static AssembledCode compile(Arch arch, Sequence sequence) {
    return SequenceCompiler.compile(
        Processors.of(arch).orElseThrow(), Program.of(sequence), TARGET, PLACEMENT);
  }
}
