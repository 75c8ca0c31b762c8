package io.github.rseq4j.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code bench}. */
public final class Main {
  private Main() {}

  /** Runs it, and ends the process with its exit code. */
  public static void main(String... arguments) {
    System.exit(commandLine(new BenchCommand()).execute(arguments));
  }

  /** Returns the parser of the command's arguments. */
  static CommandLine commandLine(BenchCommand command) {
    return new CommandLine(command)
        .setParameterExceptionHandler((e, _) -> explain(e))
        .setExecutionExceptionHandler(Main::explainFailure);
  }

  private static int explain(ParameterException e) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("%s: %s".formatted(command.getCommandName(), e.getMessage()));
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("'./%s --help' tells how it is used.".formatted(command.getCommandName()));
    }
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int explainFailure(
      Exception e, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
    if (e instanceof IOException || e instanceof UncheckedIOException) {
      command.getErr().println("%s: %s".formatted(command.getCommandName(), e));
      return command.getCommandSpec().exitCodeOnInvalidInput();
    }
    throw e;
  }
}
