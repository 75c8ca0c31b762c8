package io.github.rseq4j;

import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Threads;
import java.util.Arrays;

/** Runs the self-test, on one CPU if told so, and prints what came out. */
public final class SelfTestRun {
  private SelfTestRun() {}

  public static void main(String[] arguments) {
    if (Arrays.asList(arguments).contains("one_cpu")) {
      // The first thread stands for the process.
      Threads.setAffinity((int) ProcessHandle.current().pid(), CpuSet.of(firstCpu()));
    }
    SelfTest test = Rseq.selfTest();
    say("migration", test.migration());
    say("preemption", test.preemption());
    say("signal", test.signal());
    System.out.println("active=" + Rseq.availability().active());
    System.out.println("reason=" + Rseq.availability().reason());
  }

  private static int firstCpu() {
    return CpuSet.allowed().ids().nextSetBit(0);
  }

  private static void say(String key, SelfTest.Check check) {
    System.out.println(key + "=" + check.outcome());
    System.out.println(key + "_reason=" + check.reason());
  }
}
