package io.github.rseq4j;

import io.github.rseq4j.internal.rseq.Platform;
import io.github.rseq4j.internal.rseq.SelfTester;
import io.github.rseq4j.internal.rseq.ThreadFields;
import io.github.rseq4j.sequence.Program;

/**
 * Restartable sequences in this process: what is active, and where the calling thread runs.
 *
 * <p>The number that one of these methods returns may be out of date by the time it arrives: the
 * thread can be moved at any moment. It is good for statistics and for choosing memory; exactness
 * comes from the structures of {@link io.github.rseq4j.percpu}, which notice such moves.
 */
public final class Rseq {
  private Rseq() {}

  /** Returns what is active, and for everything missing the reason and the remedy. */
  public static Availability availability() {
    return Platform.current().availability();
  }

  /**
   * Returns the number of the CPU that the calling thread runs on.
   *
   * <p>On a virtual thread it is that of the carrier. Without rseq the C library is asked.
   *
   * @return the number, from 0 to that of the highest possible CPU; -1 if the system does not tell
   */
  public static int currentCpu() {
    return ThreadFields.cpuId();
  }

  /**
   * Returns the NUMA node of the CPU that the calling thread runs on.
   *
   * @return the number from 0; -1 if the system does not tell
   */
  public static int currentNode() {
    return ThreadFields.nodeId();
  }

  /**
   * Returns the memory map concurrency id of the calling thread: unique among the threads of this
   * process that run at this moment, and dense.
   *
   * @return the number from 0; -1 if the kernel has none (before Linux 6.3) or rseq is not active
   */
  public static int currentMmCid() {
    return ThreadFields.mmCid();
  }

  /** Returns what sequences run as in this process. */
  public static Isa isa() {
    return Platform.current().isa();
  }

  /**
   * Returns the code of a program for a backend: offset, bytes, instruction, and the step it comes
   * from.
   *
   * <p>For the processor of this machine it is what runs in this process where rseq is active.
   */
  public static String listing(Program program, Isa isa) {
    return Platform.current().listing(program, isa);
  }

  /**
   * Returns how many sequences the kernel has aborted in this process so far. Each was run again.
   */
  public static long restarts() {
    return Platform.current().restarts();
  }

  /**
   * Tests whether the running kernel aborts sequences as it has to, on threads of its own.
   *
   * <p>It takes some tens of milliseconds, and a few seconds at most. Meanwhile no safepoint is
   * reached for some milliseconds at a time. What it aborts does not count as {@link #restarts()}.
   *
   * <p>Where kernels are known to fail, on arm64 from 6.19 on, the library does the same before its
   * first use, and runs on the fallback unless it succeeds. With {@code -Drseq4j.selfTest=always}
   * it does so everywhere.
   */
  public static SelfTest selfTest() {
    return SelfTester.run();
  }
}
