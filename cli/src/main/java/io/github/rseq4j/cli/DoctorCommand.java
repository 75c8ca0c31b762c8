package io.github.rseq4j.cli;

import io.github.rseq4j.Rseq;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Says what is active, what is not and why, and checks that the kernel aborts and results are
 * exact.
 */
@Command(
    name = "doctor",
    description = "Says whether rseq is really on, what is missing and why, and checks it.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:rseq is active, no check of the kernel failed, and the live check was exact",
      "1:the kernel does not abort every sequence, or the live check was not exact",
      "2:on the fallback: exact, but slower"
    })
final class DoctorCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(names = "--json", description = "print a JSON object instead")
  private boolean json;

  @Override
  public Integer call() throws BadInputException {
    DoctorReport report =
        new DoctorReport(Rseq.availability(), Rseq.selfTest(), LiveCheck.run(), Rseq.restarts());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.write(report.toMap()));
    } else {
      out.print(report);
    }
    out.flush();
    return report.exitCode();
  }
}
