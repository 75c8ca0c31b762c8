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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
      Path.of(
          "src/test/resources",
          GoldenListingTest.class.getPackageName().replace('.', '/'),
          "x86-64");

  static Stream<Arguments> sequences() {
    return BuiltInSequences.all().stream()
        .flatMap(
            sequence ->
                Stream.of(IndexKind.values())
                    .map(index -> arguments(fileName(sequence, index), sequence.indexedBy(index))));
  }

  private static String fileName(Sequence sequence, IndexKind index) {
    return sequence.name() + "." + index + ".golden";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sequences")
  void listingIsAsInTheGoldenFile(String file, Sequence sequence) throws IOException {
    String listing = sequence + "\n" + compile(sequence).listing();
    if (UPDATE) {
      Files.createDirectories(DIRECTORY);
      Files.writeString(DIRECTORY.resolve(file), listing);
    }
    assertThat(DIRECTORY.resolve(file)).exists().content().isEqualTo(listing);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sequences")
  void instructionsAreWhatObjdumpReads(String file, Sequence sequence) throws IOException {
    AssembledCode code = compile(sequence);
    assertThat(Objdump.X86_64.read(code.bytes()))
        .as(file)
        .containsSequence(Disassembled.instructions(code));
  }

  @Test
  void thereAreNoOtherGoldenFiles() {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrderElementsOf(
              sequences().map(arguments -> (String) arguments.get()[0]).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AssembledCode compile(Sequence sequence) {
    return SequenceCompiler.compile(
        Processors.of(Arch.X86_64).orElseThrow(), Program.of(sequence), TARGET, PLACEMENT);
  }
}
