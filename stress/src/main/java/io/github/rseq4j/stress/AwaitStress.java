package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuRingBuffer;
import io.github.rseq4j.percpu.RecordClaim;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * {@link PerCpuRingBuffer#read(io.github.rseq4j.percpu.RecordHandler, int, long, TimeUnit)}: a
 * reader that waits misses neither a record nor the end.
 *
 * <p>Results are sets of records, as {@link RecordProbe} has them.
 */
public final class AwaitStress {
  private AwaitStress() {}

  /** One thread writes a record while another waits for it. */
  @JCStressTest
  @State
  @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The record was there, or woke the reader.")
  @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "The reader was not woken.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The record is torn, or there is another one.")
  public static class WriteAgainstAwait {
    private final RecordProbe probe = new RecordProbe();

    /** Writes record 1. */
    @Actor
    public void write() {
      probe.write(1);
    }

    /** Waits for it. */
    @Actor
    public void await(I_Result result) {
      result.r1 = probe.await();
      probe.readLast();
    }
  }

  /** One thread writes a record to a flight recorder while another waits for it. */
  @JCStressTest
  @State
  @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The record was there, or woke the reader.")
  @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "The reader was not woken.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The record is torn, or there is another one.")
  public static class OverwriteAgainstAwait {
    private final RecordProbe probe = RecordProbe.overwriting();

    /** Writes record 1. */
    @Actor
    public void write() {
      probe.write(1);
    }

    /** Waits for it. */
    @Actor
    public void await(I_Result result) {
      result.r1 = probe.await();
      probe.readLast();
    }
  }

  /** One thread commits a claim while another waits for its record. */
  @JCStressTest
  @State
  @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The record was there, or woke the reader.")
  @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "The reader was not woken.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The record is torn, or there is another one.")
  public static class CommitAgainstAwait {
    private final RecordProbe probe = new RecordProbe();
    private final RecordClaim claim = probe.claim(1);

    /** Commits record 1. */
    @Actor
    public void commit() {
      claim.commit();
    }

    /** Waits for it. */
    @Actor
    public void await(I_Result result) {
      result.r1 = probe.await();
      probe.readLast();
    }
  }

  /** One thread closes the buffer while another waits for a record. */
  @JCStressTest
  @State
  @Outcome(
      id = "-3",
      expect = Expect.ACCEPTABLE,
      desc = "The reader found the buffer closed, or was woken.")
  @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "The reader was not woken.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "There is a record.")
  public static class CloseAgainstAwait {
    private final RecordProbe probe = new RecordProbe();

    /** Closes. */
    @Actor
    public void close() {
      probe.buffer().close();
    }

    /** Waits for a record. */
    @Actor
    public void await(I_Result result) {
      result.r1 = probe.await();
    }
  }
}
