package io.github.rseq4j.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of rseq4j. */
@Command(
    name = "rseq4j",
    description = "Linux restartable sequences for Java: what this machine has, and what they do.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {DoctorCommand.class, DemoCommand.class, SequencesCommand.class})
public final class Main {
  private Main() {}

  /** Runs the command that the arguments name, and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** Returns the parser of the whole command line. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setParameterExceptionHandler(Main::explainUsage)
        .setExecutionExceptionHandler(Main::explainFailure);
  }

  private static int explainUsage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    explain(command, e);
    if (!UnmatchedArgumentException.printSuggestions(e, command.getErr())) {
      String name = command.getCommandSpec().qualifiedName();
      command.getErr().printf("'%s --help' tells how it is used.%n", name);
    }
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int explainFailure(
      Exception e, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
    if (!(e instanceof BadInputException)) {
      throw e;
    }
    explain(command, e);
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static void explain(CommandLine command, Exception e) {
    PrintWriter err = command.getErr();
    err.printf("%s: %s%n", command.getCommandSpec().qualifiedName(), e.getMessage());
  }
}
