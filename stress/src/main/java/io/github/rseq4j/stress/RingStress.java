package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuRingBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * {@link PerCpuRingBuffer#write}: every record that is written is read exactly once, with all of
 * its bytes.
 *
 * <p>Results are sets of records, as {@link RecordProbe} has them.
 */
public final class RingStress {
  private RingStress() {}

  /** Two threads write a record each. */
  @JCStressTest
  @State
  @Outcome(id = "3", expect = Expect.ACCEPTABLE, desc = "Both records are there once, intact.")
  @Outcome(id = "-1", expect = Expect.FORBIDDEN, desc = "A record is torn.")
  @Outcome(id = "-2", expect = Expect.FORBIDDEN, desc = "A record was read twice.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A record was lost.")
  public static class TwoWrites {
    private final RecordProbe probe = new RecordProbe();

    /** Writes record 1. */
    @Actor
    public void write1() {
      probe.write(1);
    }

    /** Writes record 2. */
    @Actor
    public void write2() {
      probe.write(2);
    }

    /** Reads both. */
    @Arbiter
    public void read(I_Result result) {
      result.r1 = probe.readLast();
    }
  }

  /** One thread writes a record while another reads. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The whole record was read.")
  @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Nothing was read; the record is left.")
  @Outcome(id = "-1, .*", expect = Expect.FORBIDDEN, desc = "A part of the record was read.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The record was lost or doubled.")
  public static class WriteAgainstRead {
    private final RecordProbe probe = new RecordProbe();

    /** Writes record 1. */
    @Actor
    public void write() {
      probe.write(1);
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

  /**
   * One thread writes twice as many records as there is room for while another makes room by
   * reading.
   *
   * <p>The results: the set of the records that were not treated as the writer was told, and how
   * many were refused.
   */
  @JCStressTest
  @State
  @Outcome(id = "0, 3", expect = Expect.ACCEPTABLE, desc = "The reader made no room in time.")
  @Outcome(id = "0, [0-2]", expect = Expect.ACCEPTABLE, desc = "The reader made room in time.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A record was torn, lost, doubled or miscounted.")
  public static class FullAgainstRead {
    private static final int RECORDS = 2 * RecordProbe.CAPACITY;

    private final RecordProbe probe = new RecordProbe();
    private final long lostBefore = probe.buffer().lost();
    private int written;
    private int refused;
    private int read;

    /** Writes all records. */
    @Actor
    public void write() {
      for (int number = 1; number <= RECORDS; number++) {
        if (probe.write(number)) {
          written |= RecordProbe.set(number);
        } else {
          refused++;
        }
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
      long lost = probe.buffer().lost() - lostBefore;
      int left = probe.readLast();
      int wronglyThere = written ^ (read | left);
      int twice = read & left;
      result.r1 = lost == refused ? wronglyThere | twice : RecordProbe.TORN;
      result.r2 = refused;
    }
  }

  /** One thread writes a record while another closes the buffer and then reads. */
  @JCStressTest
  @State
  @Outcome(
      id = "1, 1, 0",
      expect = Expect.ACCEPTABLE,
      desc = "Written, and so there when the buffer was closed.")
  @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "Refused, and never there.")
  @Outcome(
      id = ".*, .*, 1",
      expect = Expect.FORBIDDEN,
      desc = "The record came after the buffer was closed.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The writer was told the wrong thing.")
  public static class WriteAgainstClose {
    private final RecordProbe probe = new RecordProbe();

    /** Writes record 1 if it can. */
    @Actor
    public void write(III_Result result) {
      try {
        result.r1 = probe.write(1) ? RecordProbe.set(1) : RecordProbe.TORN;
      } catch (IllegalStateException closed) {
        result.r1 = RecordProbe.NONE;
      }
    }

    /** Closes, and reads what is there. */
    @Actor
    public void close(III_Result result) {
      probe.buffer().close();
      result.r2 = probe.read();
    }

    /** Reads what should not be there; nobody can write to the buffer any more. */
    @Arbiter
    public void read(III_Result result) {
      result.r3 = probe.read();
    }
  }
}
