package io.github.rseq4j.percpu;

import io.github.rseq4j.internal.rseq.Region;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A ring for each CPU, in which a record takes the place of the oldest ones. */
final class OverwritingRings implements Rings {
  /*
   * The protocol
   *
   *   a writer: two sequences                    a reader
   *     oldest = the record behind it              end = tail; begin = oldest
   *     ----                                       copy what is between
   *     if there is no room, exit                  fence
   *     store the record behind tail               begin = max(begin, oldest)
   *     tail = its end, with release               what is left of the copy is whole
   *
   * oldest is committed before anything is stored where the oldest record was. An aborted sequence
   * too stores only behind tail, where there has been room since. So the reader needs to know of
   * each store that it may have seen whether oldest had passed it by.
   *
   * The commit of oldest and the later stores of the record are plain stores to different words. A
   * processor other than x86 may show the reader the record first, and a release of oldest would
   * not help: it orders what is before it. Instead of paying for a barrier in each write, the reader
   * pays for one in each copy. Say that the copy has seen a store of a record. It was made, so the
   * commit of oldest was made before it, on that CPU or on one that has handed the slice over with a
   * barrier. The fence is a full barrier on each CPU that runs a thread of this process, after that
   * store; so the reader's load of oldest behind it finds that commit or a later one. Where there are
   * locks instead, the fence takes each: the two sequences are performed under one hold of it, which
   * is over before the fence is.
   *
   * Each record has a number, by which the reader knows how many it has missed. A number has to be
   * loaded from somewhere, and must not rise twice if the sequence starts again; so it lies where
   * the record will be, and each record that is written leaves the next number behind it. Nothing is
   * stored there again until the place is overwritten.
   *
   * WRITTEN and LOST are stored before the commit that makes them true. They are what a busy ring is
   * asked for. If a ring stands still during a fence, the numbers in it are the truth.
   *
   * There are no claims: a record that is being filled could not be overwritten, and so would turn
   * writers away.
   */

  private final int capacity;
  private final int maxLength;
  private final long mask;
  private final int words;
  private final Region region;
  private final ReaderWait reader;
  private final List<OverwritingCursor> cursors;

  OverwritingRings(int capacity) {
    this.capacity = capacity;
    maxLength = Math.min(RingLayout.maxLength(capacity), OverwriteSequences.MAX_LENGTH);
    mask = capacity - 1L;
    words = (int) (RingLayout.dataBytes(capacity, maxLength) / Long.BYTES);
    region =
        Region.allocate(
            RingLayout.sliceBytes(capacity, maxLength),
            OverwriteSequences.MAKE_ROOM,
            OverwriteSequences.OVERWRITE);
    reader = new ReaderWait(region);
    cursors = newCursors();
  }

  private List<OverwritingCursor> newCursors() {
    return IntStream.range(0, region.slices())
        .mapToObj(slice -> new OverwritingCursor(region, slice, mask, words))
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
  public List<OverwritingCursor> cursors() {
    return cursors;
  }

  @Override
  public void look() {
    OverwritingCursor.look(region, cursors);
  }

  @Override
  public boolean write(int type, int length, MemorySegment source) {
    // A mapped file may have been truncated: Java code survives that, machine code does not.
    MemorySegment bytes =
        source.isMapped() ? MemorySegment.ofArray(source.toArray(ValueLayout.JAVA_BYTE)) : source;
    long header = RingLayout.header(type, length);
    long result;
    try {
      do {
        // Each round gives one record up, if not on the CPU on which the room is then needed.
        result =
            (long) OverwriteSequences.OVERWRITE_HANDLE.invokeExact(region, mask, header, bytes);
      } while (result == OverwriteSequences.FULL);
    } catch (RuntimeException e) {
      throw e; // of the segment: its arena is closed, or another thread's
    } catch (Throwable e) {
      throw Failures.unexpected(e);
    } finally {
      Reference.reachabilityFence(region);
    }
    return result == RingSequences.WRITTEN || reader.settle(result);
  }

  @Override
  public RecordClaim tryClaim(int type, int length) {
    throw new UnsupportedOperationException("a claim in a buffer that overwrites");
  }

  @Override
  public List<OverwritingCursor> snapshot() {
    List<OverwritingCursor> fresh = newCursors();
    OverwritingCursor.look(region, fresh);
    return fresh;
  }

  @Override
  public long lost() {
    return statistics().stream().mapToLong(RingStatistics::lost).sum();
  }

  /** The ends of a ring, and the numbers there. */
  private record Ends(long oldest, long tail, long lost, long written) {}

  @Override
  public List<RingStatistics> statistics() {
    List<Ends> before = IntStream.range(0, region.slices()).mapToObj(this::ends).toList();
    region.fence();
    List<RingStatistics> statistics = new ArrayList<>();
    for (int slice = 0; slice < before.size(); slice++) {
      statistics.add(statistics(slice, before.get(slice)));
    }
    return statistics;
  }

  private RingStatistics statistics(int slice, Ends before) {
    long oldest = region.getAcquire(slice, RingLayout.OLDEST.displacement());
    long tail = region.getAcquire(slice, RingLayout.TAIL.displacement());
    boolean still = oldest == before.oldest && tail == before.tail;
    return new RingStatistics(
        slice,
        still ? before.written : region.getAcquire(slice, RingLayout.WRITTEN.displacement()),
        still ? before.lost : region.getAcquire(slice, RingLayout.LOST.displacement()),
        cursors.get(slice).missed(),
        tail,
        Math.min(tail - oldest, capacity));
  }

  private Ends ends(int slice) {
    long oldest = region.getAcquire(slice, RingLayout.OLDEST.displacement());
    long tail = region.getAcquire(slice, RingLayout.TAIL.displacement());
    return new Ends(oldest, tail, number(slice, oldest), number(slice, tail));
  }

  private long number(int slice, long position) {
    return region.getAcquire(slice, RingLayout.NUMBER.displacement() + (position & mask));
  }
}
