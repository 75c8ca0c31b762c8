package io.github.rseq4j.percpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/** The structures by which threads hand something to another one. */
final class TransferParts {
  private static final int LIMIT = 1000;

  private TransferParts() {}

  static List<StressPart> all(int threads) {
    return List.of(new Ring(threads), new Queue(threads));
  }

  /** What was sent and what was received: for each thread how many, and what they add up to. */
  private static final class Account {
    private final long[] sent;
    private final long[] received;
    private final long[] sum;

    Account(int threads) {
      sent = new long[threads];
      received = new long[threads];
      sum = new long[threads];
    }

    void send(int thread, int number) {
      sent[thread]++;
      sum[thread] += mix(number);
    }

    void receive(int thread, int number) {
      received[thread]++;
      sum[thread] -= mix(number);
    }

    /** Makes it unlikely that other numbers have the same sum. */
    private static long mix(int number) {
      long mixed = (number + 1) * 0x9E3779B97F4A7C15L;
      return mixed ^ mixed >>> 29;
    }

    void check() {
      assertThat(received).isEqualTo(sent);
      assertThat(sum).containsOnly(0);
      assertThat(LongStream.of(sent).sum()).isPositive();
    }
  }

  /** The other end of an account: sums are kept apart, since two threads write them. */
  private record TwoAccounts(Account writers, Account reader) {
    TwoAccounts(int threads) {
      this(new Account(threads), new Account(threads));
    }

    void check() {
      Account both = new Account(writers.sent.length);
      for (int thread = 0; thread < both.sent.length; thread++) {
        both.sent[thread] = writers.sent[thread];
        both.received[thread] = reader.received[thread];
        both.sum[thread] = writers.sum[thread] + reader.sum[thread];
      }
      both.check();
    }
  }

  /** Invariant: each record is read once with all its bytes, or was refused and counted. */
  private static final class Ring implements StressPart {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final PerCpuRingBuffer ring = new PerCpuRingBuffer(1 << 16);
    private final TwoAccounts accounts;
    private final long[] refused;

    Ring(int threads) {
      accounts = new TwoAccounts(threads);
      refused = new long[threads];
    }

    @Override
    public void use(int thread, int round) {
      byte[] record = new byte[Long.BYTES * (1 + round % 8)];
      MemorySegment segment = MemorySegment.ofArray(record);
      for (int at = 0; at < record.length; at += Long.BYTES) {
        segment.set(LONG, at, round);
      }
      if (ring.write(thread, record)) {
        accounts.writers.send(thread, round);
      } else {
        refused[thread]++;
        LockSupport.parkNanos(1000);
      }
    }

    @Override
    public void look() {
      while (ring.read(this::receive, LIMIT) > 0) {
        // There may be more.
      }
    }

    private void receive(int thread, MemorySegment buffer, long offset, int length) {
      int round = (int) buffer.get(LONG, offset);
      assertThat(length).isEqualTo(Long.BYTES * (1 + round % 8));
      for (int at = 0; at < length; at += Long.BYTES) {
        assertThat(buffer.get(LONG, offset + at)).isEqualTo(round);
      }
      accounts.reader.receive(thread, round);
    }

    @Override
    public void check() {
      accounts.check();
      assertThat(ring.lost()).isEqualTo(LongStream.of(refused).sum());
    }
  }

  /** Invariant: each element that was accepted is taken once. */
  private static final class Queue implements StressPart {
    private record Element(int thread, int round) {}

    private final PerCpuQueue<Element> queue = new PerCpuQueue<>(1 << 10);
    private final TwoAccounts accounts;

    Queue(int threads) {
      accounts = new TwoAccounts(threads);
    }

    @Override
    public void use(int thread, int round) {
      if (queue.offer(new Element(thread, round))) {
        accounts.writers.send(thread, round);
      } else {
        LockSupport.parkNanos(1000);
      }
    }

    @Override
    public void look() {
      while (queue.drain(each -> accounts.reader.receive(each.thread, each.round), LIMIT) > 0) {
        // There may be more.
      }
    }

    @Override
    public void check() {
      accounts.check();
      assertThat(queue).isEmpty();
    }
  }
}
