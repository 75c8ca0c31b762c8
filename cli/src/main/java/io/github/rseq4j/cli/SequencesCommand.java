package io.github.rseq4j.cli;

import static java.util.stream.Collectors.joining;

import io.github.rseq4j.Isa;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.percpu.BuiltInSequences;
import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Lists the built-in sequences, or shows one. */
@Command(
    name = "sequences",
    description = "Lists the built-in sequences, or prints the steps and machine code of one.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:it was printed", "2:there is no such sequence or ISA"})
final class SequencesCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "the sequence to print")
  private @Nullable String name;

  @Option(
      names = "--isa",
      paramLabel = "ISA",
      converter = IsaConverter.class,
      description =
          "print the code for x86-64, aarch64, riscv64 or bytecode; by default for this machine")
  private @Nullable Isa isa;

  /** Reads the name of an {@link Isa}. */
  static final class IsaConverter implements ITypeConverter<Isa> {
    @Override
    public Isa convert(String value) {
      return Arrays.stream(Isa.values())
          .filter(isa -> isa.toString().equals(value))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "no code for \"%s\"; there are %s"
                          .formatted(
                              value,
                              Arrays.stream(Isa.values())
                                  .map(Isa::toString)
                                  .collect(joining(", ")))));
    }
  }

  @Override
  public Integer call() throws BadInputException {
    PrintWriter out = spec.commandLine().getOut();
    List<Sequence> sequences = BuiltInSequences.all();
    if (name == null) {
      for (Sequence sequence : sequences) {
        out.printf(
            "%-35s %2d steps  (%s)%n",
            sequence.name(), sequence.steps().size(), parameters(sequence));
      }
    } else {
      print(find(sequences, name), isa, out);
    }
    out.flush();
    return 0;
  }

  private static Sequence find(List<Sequence> sequences, String name) throws BadInputException {
    for (Sequence sequence : sequences) {
      if (sequence.name().equals(name)) {
        return sequence;
      }
    }
    throw new BadInputException(
        "no sequence is named \"%s\"; there are %s"
            .formatted(name, sequences.stream().map(Sequence::name).collect(joining(", "))));
  }

  private static void print(Sequence sequence, @Nullable Isa wanted, PrintWriter out) {
    var availability = Rseq.availability();
    Isa here = Rseq.isa();
    Isa isa = wanted == null ? here : wanted;
    out.print(sequence.indexedBy(availability.index().orElse(sequence.index())));
    out.println();
    out.printf(isa == here ? "Code for %s, as it runs in this process:%n" : "Code for %s:%n", isa);
    out.print(Rseq.listing(Program.of(sequence), isa));
  }

  private static String parameters(Sequence sequence) {
    return sequence.parameters().stream().map(Parameter::toString).collect(joining(", "));
  }
}
