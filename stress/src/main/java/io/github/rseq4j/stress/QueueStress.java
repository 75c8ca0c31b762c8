package io.github.rseq4j.stress;

import io.github.rseq4j.percpu.PerCpuQueue;
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
 * {@link PerCpuQueue}: every element is taken once, those of a producer in their order, and nobody
 * waits for ever.
 *
 * <p>Results are what was taken, as {@link QueueProbe} has it.
 */
public final class QueueStress {
  private QueueStress() {}

  /** Two threads offer an element each. */
  @JCStressTest
  @State
  @Outcome(
      id = {"1, 2", "2, 1"},
      expect = Expect.ACCEPTABLE,
      desc = "Both are there once.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "An element was lost or doubled.")
  public static class TwoOffers {
    private final QueueProbe probe = new QueueProbe();

    /** Offers the first. */
    @Actor
    public void offer1() {
      probe.offer(1);
    }

    /** Offers the second. */
    @Actor
    public void offer2() {
      probe.offer(2);
    }

    /** Takes both. */
    @Arbiter
    public void poll(II_Result result) {
      result.r1 = probe.poll();
      result.r2 = probe.pollLast();
    }
  }

  /** One thread offers an element while another polls. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "It was taken.")
  @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Nothing was there yet; it is left.")
  @Outcome(id = "-1, .*", expect = Expect.FORBIDDEN, desc = "It was taken before it was complete.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "It was lost or doubled.")
  public static class OfferAgainstPoll {
    private final QueueProbe probe = new QueueProbe();

    /** Offers. */
    @Actor
    public void offer() {
      probe.offer(1);
    }

    /** Takes what is there already. */
    @Actor
    public void poll(II_Result result) {
      result.r1 = probe.poll();
    }

    /** Takes what is left. */
    @Arbiter
    public void pollLast(II_Result result) {
      result.r2 = probe.pollLast();
    }
  }

  /** A producer offers two elements, perhaps on two CPUs, while another thread polls twice. */
  @JCStressTest
  @State
  @Outcome(id = "1, 2, 0", expect = Expect.ACCEPTABLE, desc = "Both were taken, in their order.")
  @Outcome(
      id = {"1, 0, 2", "0, 1, 2"},
      expect = Expect.ACCEPTABLE,
      desc = "The first one was taken, the other one is left.")
  @Outcome(
      id = "0, 0, 1",
      expect = Expect.ACCEPTABLE,
      desc = "Nothing was there yet; the first one comes first.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The second was taken before the first, or one lost.")
  public static class ProducerAgainstPolls {
    private final QueueProbe probe = new QueueProbe();

    /** Offers both. */
    @Actor
    public void offer() {
      probe.offerInOrder(1);
      probe.offerInOrder(2);
    }

    /** Takes what is there already. */
    @Actor
    public void poll(III_Result result) {
      result.r1 = probe.poll();
      result.r2 = probe.poll();
    }

    /** Takes what is left. */
    @Arbiter
    public void pollLast(III_Result result) {
      result.r3 = probe.poll();
      probe.pollLast();
    }
  }

  /** One thread offers an element while another waits for it. */
  @JCStressTest
  @State
  @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "It was waited for until it came.")
  @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "Nobody woke the one who waited.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "It was taken before it was complete.")
  public static class OfferAgainstWait {
    private final QueueProbe probe = new QueueProbe();

    /** Offers. */
    @Actor
    public void offer() {
      probe.offer(1);
    }

    /** Waits. */
    @Actor
    public void await(I_Result result) {
      result.r1 = probe.await();
    }

    /** Lets another test have the queue. */
    @Arbiter
    public void end() {
      probe.pollLast();
    }
  }

  /** One thread waits for room in a part that was filled while another makes some. */
  @JCStressTest
  @State
  @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "It got room.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "It did not learn that there was room.")
  public static class PutAgainstPoll {
    private final QueueProbe probe = new QueueProbe().fill();

    /** Waits for room. */
    @Actor
    public void put(I_Result result) {
      result.r1 = probe.awaitRoom() ? 1 : 0;
    }

    /** Makes room on every CPU. */
    @Actor
    public void poll() {
      probe.clear();
    }

    /** Lets another test have the queue. */
    @Arbiter
    public void end() {
      probe.pollLast();
    }
  }
}
