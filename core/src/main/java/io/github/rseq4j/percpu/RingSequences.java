package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.RingLayout.CLOSED;
import static io.github.rseq4j.percpu.RingLayout.DATA;
import static io.github.rseq4j.percpu.RingLayout.HEAD;
import static io.github.rseq4j.percpu.RingLayout.HEADER_BYTES;
import static io.github.rseq4j.percpu.RingLayout.LIMIT;
import static io.github.rseq4j.percpu.RingLayout.LOST;
import static io.github.rseq4j.percpu.RingLayout.RECORD_ALIGNMENT;
import static io.github.rseq4j.percpu.RingLayout.STATE;
import static io.github.rseq4j.percpu.RingLayout.TAIL;
import static io.github.rseq4j.percpu.RingLayout.WAITED;

import io.github.rseq4j.internal.rseq.RegionLinker;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.SequenceBuilder;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import java.lang.invoke.MethodHandle;

/** The sequences by which a {@link PerCpuRingBuffer} is written. */
final class RingSequences {
  /** The longest record that is copied within a sequence, in bytes. */
  static final int COPY_LIMIT = Step.MAX_COPY;

  /** The result for a record that is written and that nobody waits for. */
  static final int WRITTEN = RingLayout.OPEN;

  /** The result for a record that there is no room for; it is not one of the states. */
  static final int FULL = 1;

  private static final Exit FULL_EXIT = Exit.of("full", FULL);
  private static final Exit CLOSED_EXIT = Exit.of("closed", CLOSED);

  /** Where a record goes: its offset in the data, and the tail behind it. */
  private record Place(Value state, Value at, Value end) {}

  /**
   * Writes a whole record: all of {@code source} behind {@code header}.
   *
   * <p>Returns the state of the ring if the record is written, {@link RingLayout#CLOSED} if it is
   * not for that reason, or {@link #FULL} after counting it as lost.
   */
  static final Sequence WRITE =
      Sequence.define(
          "ring_write",
          s -> {
            var mask = s.parameter("mask");
            var header = s.parameter("header");
            var source = s.source("source");
            Place place = reserve(s, mask, source.size());
            s.store64(DATA.byteAt(place.at), header);
            s.copy(DATA.plus(HEADER_BYTES).byteAt(place.at), source, source.size(), COPY_LIMIT);
            s.commitRelease64(TAIL, place.end, Exit.of("written", place.state));
          });

  /**
   * Reserves space for {@code length} bytes behind {@code header}, which says that it is claimed.
   *
   * <p>Returns the offset of the record in the region, which is above both of the others, {@link
   * #FULL} after counting the record as lost, or {@link RingLayout#CLOSED}.
   */
  static final Sequence CLAIM =
      Sequence.define(
          "ring_claim",
          s -> {
            var mask = s.parameter("mask");
            var header = s.parameter("header");
            var length = s.parameter("length");
            Place place = reserve(s, mask, length);
            s.store64(DATA.byteAt(place.at), header);
            var slice = s.sliceOffset("slice");
            var inSlice = s.add("in_slice", place.at, DATA.displacement());
            var record = s.add("record", slice, inSlice);
            s.commitRelease64(TAIL, place.end, Exit.of("claimed", record));
          });

  static final MethodHandle WRITE_HANDLE = RegionLinker.link(WRITE);
  static final MethodHandle CLAIM_HANDLE = RegionLinker.link(CLAIM);

  private RingSequences() {}

  private static Place reserve(SequenceBuilder s, Value mask, Value length) {
    var state = s.load64("state", STATE);
    s.exitIf(state, Condition.ABOVE, WAITED, CLOSED_EXIT);
    var unaligned = s.add("unaligned", length, HEADER_BYTES + RECORD_ALIGNMENT - 1);
    var bytes = s.and("bytes", unaligned, -RECORD_ALIGNMENT);
    var tail = s.load64("tail", TAIL);
    var end = s.add("end", bytes, tail);
    var fits = s.label("fits");
    var limit = s.load64("limit", LIMIT);
    s.skipIf(end, Condition.AT_MOST, limit, fits);
    var head = s.loadAcquire64("head", HEAD);
    var capacity = s.add("capacity", mask, 1);
    var found = s.add("found", head, capacity);
    s.store64(LIMIT, found);
    s.skipIf(end, Condition.AT_MOST, found, fits);
    s.commitAdd64(LOST, 1, FULL_EXIT);
    s.land(fits);
    var at = s.and("at", tail, mask);
    return new Place(state, at, end);
  }
}
