package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.RingLayout.CLOSED;
import static io.github.rseq4j.percpu.RingLayout.DATA;
import static io.github.rseq4j.percpu.RingLayout.LOST;
import static io.github.rseq4j.percpu.RingLayout.NUMBER;
import static io.github.rseq4j.percpu.RingLayout.NUMBERED_HEADER_BYTES;
import static io.github.rseq4j.percpu.RingLayout.OLDEST;
import static io.github.rseq4j.percpu.RingLayout.RECORD_ALIGNMENT;
import static io.github.rseq4j.percpu.RingLayout.STATE;
import static io.github.rseq4j.percpu.RingLayout.TAIL;
import static io.github.rseq4j.percpu.RingLayout.WAITED;
import static io.github.rseq4j.percpu.RingLayout.WRITTEN;

import io.github.rseq4j.internal.rseq.RegionLinker;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.SequenceBuilder;
import io.github.rseq4j.sequence.Value;
import java.lang.invoke.MethodHandle;

/**
 * The sequences by which {@link OverwritingRings} are written. All take a mask, the header of a
 * record and its source.
 */
final class OverwriteSequences {
  /** The longest record, in bytes. */
  static final int MAX_LENGTH = RingSequences.COPY_LIMIT;

  /** The result if there is no room, perhaps on another CPU than that on which some was made. */
  static final int FULL = RingSequences.FULL;

  private static final Exit CLOSED_EXIT = Exit.of("closed", CLOSED);
  private static final Exit ROOM_EXIT = Exit.of("room", 0);

  /** A record that ends behind the tail is nothing that was ever written. */
  private static final Exit BROKEN_EXIT = Exit.of("broken", 4);

  /**
   * Where a record is to go.
   *
   * @param last from the oldest record to the end of the header behind the new one, less 1: what
   *     must not exceed the mask
   */
  private record Place(Value state, Value tail, Value end, Value oldest, Value last) {}

  /**
   * Gives up the oldest record if the new one has no room. Commits in any case, so that the program
   * goes on, unless the ring is closed.
   */
  static final Sequence MAKE_ROOM =
      Sequence.define(
          "ring_make_room",
          s -> {
            var mask = s.parameter("mask");
            s.parameter("header");
            var source = s.source("source");
            Place place = place(s, source.size());
            var fits = s.label("fits");
            s.skipIf(place.last, Condition.AT_MOST, mask, fits);
            var at = s.and("at", place.oldest, mask);
            var header = s.load64("oldest_header", DATA.byteAt(at));
            var length = s.and("oldest_length", header, RingLayout.LENGTH_MASK);
            var bytes = bytes(s, length);
            var left = s.subtract("left", place.tail, place.oldest);
            s.exitIf(bytes, Condition.ABOVE, left, BROKEN_EXIT);
            var next = s.add("next", place.oldest, bytes);
            var nextAt = s.and("next_at", next, mask);
            var lost = s.load64("lost", NUMBER.byteAt(nextAt));
            s.store64(LOST, lost);
            s.commit64(OLDEST, next, ROOM_EXIT);
            s.land(fits);
            s.commit64(OLDEST, place.oldest, ROOM_EXIT);
          });

  /**
   * Writes a whole record: all of {@code source} behind {@code header} and its number, which is
   * there already, and the number of the next record behind it.
   *
   * <p>Returns the state of the ring if the record is written, {@link RingLayout#CLOSED} if it is
   * not for that reason, or {@link #FULL}.
   */
  static final Sequence OVERWRITE =
      Sequence.define(
          "ring_overwrite",
          s -> {
            var mask = s.parameter("mask");
            var header = s.parameter("header");
            var source = s.source("source");
            Place place = place(s, source.size());
            s.exitIf(place.last, Condition.ABOVE, mask, Exit.of("full", FULL));
            var at = s.and("at", place.tail, mask);
            var number = s.load64("number", NUMBER.byteAt(at));
            s.store64(DATA.byteAt(at), header);
            var content = DATA.plus(NUMBERED_HEADER_BYTES).byteAt(at);
            s.copy(content, source, source.size(), MAX_LENGTH);
            var next = s.add("next", number, 1);
            var endAt = s.and("end_at", place.end, mask);
            s.store64(NUMBER.byteAt(endAt), next);
            s.store64(WRITTEN, next);
            s.commitRelease64(TAIL, place.end, Exit.of("written", place.state));
          });

  static final MethodHandle OVERWRITE_HANDLE =
      RegionLinker.link(Program.of("ring_overwrite", MAKE_ROOM, OVERWRITE));

  private OverwriteSequences() {}

  private static Place place(SequenceBuilder s, Value length) {
    var state = s.load64("state", STATE);
    s.exitIf(state, Condition.ABOVE, WAITED, CLOSED_EXIT);
    var bytes = bytes(s, length);
    var tail = s.load64("tail", TAIL);
    var end = s.add("end", bytes, tail);
    var oldest = s.load64("oldest", OLDEST);
    var used = s.subtract("used", end, oldest);
    var last = s.add("last", used, NUMBERED_HEADER_BYTES - 1);
    return new Place(state, tail, end, oldest, last);
  }

  /** Computes how many bytes of the ring a record takes. */
  private static Value bytes(SequenceBuilder s, Value length) {
    var unaligned = s.add("unaligned", length, NUMBERED_HEADER_BYTES + RECORD_ALIGNMENT - 1);
    return s.and("bytes", unaligned, -RECORD_ALIGNMENT);
  }
}
