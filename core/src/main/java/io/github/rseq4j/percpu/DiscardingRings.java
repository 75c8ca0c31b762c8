package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A ring for each CPU, which discards a record when it is full. */
final class DiscardingRings implements Rings {
  /*
   * The protocol
   *
   * tail is written by the sequences of its CPU only, and its store is their commit: a record's
   * bytes and header are in place before it, and the ring behind tail is nobody's, so what an
   * aborted sequence has left there means nothing.
   *
   * head is written by the reader only, with release, once the handlers are done with the records
   * before it; a sequence loads it with acquire before it stores where those records were. It does
   * so only when the record would end beyond limit, which is the head last seen plus the capacity,
   * so that the head's cache line stays with the reader meanwhile. limit grows only, and is right
   * whoever has stored it, a sequence that is aborted behind that store too. Whoever writes below
   * it runs on the CPU of the sequence that has acquired the head, after a context switch, which is
   * a barrier.
   *
   * A claim moves tail over a record that is not complete, and says so in the header; the reader
   * stops there. Its owner completes it from wherever it runs then, by storing the final header
   * with release, which the reader loads with acquire.
   *
   * close sets the state of each ring and then fences: a sequence that has read the state before has
   * committed by the time the fence is over, or starts again and sees it. So when close returns,
   * what will ever be in the buffer is there, but for claims that are still open. ReaderWait tells
   * how a reader waits.
   */

  private final int maxLength;
  private final long mask;
  private final Region region;
  private final ReaderWait reader;
  private final List<DiscardingCursor> cursors;

  DiscardingRings(int capacity) {
    maxLength = RingLayout.maxLength(capacity);
    mask = capacity - 1L;
    long bytes = RingLayout.sliceBytes(capacity, maxLength);
    region = Region.allocate(bytes, RingSequences.WRITE, RingSequences.CLAIM);
    reader = new ReaderWait(region);
    MemorySegment readable = region.memory().asReadOnly();
    cursors =
        IntStream.range(0, region.slices())
            .mapToObj(slice -> new DiscardingCursor(region, readable, slice, mask))
            .toList();
  }

  @Override
  public int maxLength() {
    return maxLength;
  }

  @Override
  public Region region() {
    return region;
  }

  @Override
  public ReaderWait reader() {
    return reader;
  }

  @Override
  public List<DiscardingCursor> cursors() {
    return cursors;
  }

  @Override
  public void look() {
    for (DiscardingCursor cursor : cursors) {
      cursor.look();
    }
  }

  @Override
  public List<RingCursor> snapshot() {
    throw new UnsupportedOperationException("a snapshot of a buffer that discards");
  }

  @Override
  public long lost() {
    return region.sum(RingLayout.LOST.displacement());
  }

  @Override
  public List<RingStatistics> statistics() {
    return cursors.stream().map(DiscardingCursor::statistics).toList();
  }

  @Override
  public boolean write(int type, int length, MemorySegment source) {
    // A mapped file may have been truncated: Java code survives that, machine code does not.
    if (length > RingSequences.COPY_LIMIT || source.isMapped()) {
      return writeByClaim(type, length, source);
    }
    long result;
    try {
      result =
          (long)
              RingSequences.WRITE_HANDLE.invokeExact(
                  region, mask, RingLayout.header(type, length), source);
    } catch (RuntimeException e) {
      throw e; // of the segment: its arena is closed, or another thread's
    } catch (Throwable e) {
      throw Failures.unexpected(e);
    } finally {
      Reference.reachabilityFence(region);
    }
    return result == RingSequences.WRITTEN || reader.settle(result);
  }

  private boolean writeByClaim(int type, int length, MemorySegment source) {
    try (RecordClaim claim = tryClaim(type, length)) {
      if (claim != null) {
        claim.segment().copyFrom(source);
        claim.commit();
      }
      return claim != null;
    }
  }

  @Override
  public @Nullable RecordClaim tryClaim(int type, int length) {
    // Made first: if there were no memory for it later, the space would stay claimed for ever.
    RecordClaim claim = new RecordClaim(region, reader, type, length);
    long result;
    try {
      result =
          (long)
              RingSequences.CLAIM_HANDLE.invokeExact(
                  region, mask, RingLayout.claimedHeader(type, length), (long) length);
    } catch (Throwable e) {
      throw Failures.unexpected(e);
    } finally {
      Reference.reachabilityFence(region);
    }
    if (result < RingLayout.DATA.displacement() && !reader.settle(result)) {
      return null;
    }
    claim.open(result);
    return claim;
  }
}
