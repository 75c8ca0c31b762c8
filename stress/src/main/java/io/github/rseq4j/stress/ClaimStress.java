package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuRingBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * {@link PerCpuRingBuffer#tryClaim}: a record is there completely once it is committed, and never
 * if it is aborted.
 *
 * <p>Results are sets of records, as {@link RecordProbe} has them.
 */
public final class ClaimStress {
  private ClaimStress() {}

  /** Two threads claim, fill and commit a record each. */
  @JCStressTest
  @State
  @Outcome(id = "3", expect = Expect.ACCEPTABLE, desc = "Both records are there once, intact.")
  @Outcome(id = "-1", expect = Expect.FORBIDDEN, desc = "A record is torn.")
  @Outcome(id = "-2", expect = Expect.FORBIDDEN, desc = "A record was read twice.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A record was lost.")
  public static class TwoCommits {
    private final RecordProbe probe = new RecordProbe();

    /** Claims and commits record 1. */
    @Actor
    public void commit1() {
      probe.claim(1).commit();
    }

    /** Claims and commits record 2. */
    @Actor
    public void commit2() {
      probe.claim(2).commit();
    }

    /** Reads both. */
    @Arbiter
    public void read(I_Result result) {
      result.r1 = probe.readLast();
    }
  }

  /** One thread claims, fills and commits a record while another reads. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The whole record was read.")
  @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Nothing was read; the record is left.")
  @Outcome(id = "-1, .*", expect = Expect.FORBIDDEN, desc = "A part of the record was read.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The record was lost or doubled.")
  public static class CommitAgainstRead {
    private final RecordProbe probe = new RecordProbe();

    /** Claims and commits record 1. */
    @Actor
    public void commit() {
      probe.claim(1).commit();
    }

    /** Reads what is there already. */
    @Actor
    public void read(II_Result result) {
      result.r1 = probe.read();
    }

    /** Reads what is left. */
    @Arbiter
    public void readLast(II_Result result) {
      result.r2 = probe.readLast();
    }
  }

  /** One thread aborts a claim and then writes a record while another reads. */
  @JCStressTest
  @State
  @Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "Only the written record was read.")
  @Outcome(
      id = "0, 2",
      expect = Expect.ACCEPTABLE,
      desc = "Nothing was read; only the written record is left.")
  @Outcome(
      expect = Expect.FORBIDDEN,
      desc = "The aborted record was read, or it kept the other one from being read.")
  public static class AbortAgainstRead {
    private final RecordProbe probe = new RecordProbe();

    /** Aborts record 1, writes record 2. */
    @Actor
    public void abort() {
      probe.claim(1).abort();
      probe.write(2);
    }

    /** Reads what is there already. */
    @Actor
    public void read(II_Result result) {
      result.r1 = probe.read();
    }

    /** Reads what is left. */
    @Arbiter
    public void readLast(II_Result result) {
      result.r2 = probe.readLast();
    }
  }
}
