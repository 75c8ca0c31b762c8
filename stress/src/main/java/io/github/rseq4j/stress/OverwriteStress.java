package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuRingBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * {@link PerCpuRingBuffer#overwriting}: the reader never sees a part of a record, and knows how
 * many it has missed.
 */
public final class OverwriteStress {
  private OverwriteStress() {}

  /**
   * One thread writes twice as many records as there is room for while another reads.
   *
   * <p>The results: how many records were torn, doubled or not accounted for, and how many were
   * read.
   */
  @JCStressTest
  @State
  @Outcome(id = "0, 6", expect = Expect.ACCEPTABLE, desc = "The reader was fast enough.")
  @Outcome(
      id = "0, [345]",
      expect = Expect.ACCEPTABLE,
      desc = "The oldest records were overwritten before they were read, and counted as missed.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A record was torn, doubled or miscounted.")
  public static class OverwriteAgainstRead {
    private static final int RECORDS = 2 * RecordProbe.CAPACITY;

    private final RecordProbe probe = RecordProbe.overwriting();
    private final long missedBefore = missed();
    private int read;

    private long missed() {
      return probe.buffer().statistics().stream().mapToLong(each -> each.missed()).sum();
    }

    /** Writes all records. */
    @Actor
    public void write() {
      for (int number = 1; number <= RECORDS; number++) {
        probe.write(number);
      }
    }

    /** Reads what is there already. */
    @Actor
    public void read() {
      read = probe.read();
    }

    /** Reads what is left, and compares. */
    @Arbiter
    public void compare(II_Result result) {
      int left = probe.read();
      long missed = missed() - missedBefore;
      probe.readLast();
      result.r2 = Integer.bitCount(read | left);
      boolean wrong = read < RecordProbe.NONE || left < RecordProbe.NONE || (read & left) != 0;
      result.r1 = wrong ? RecordProbe.TORN : RECORDS - result.r2 - (int) missed;
    }
  }
}
