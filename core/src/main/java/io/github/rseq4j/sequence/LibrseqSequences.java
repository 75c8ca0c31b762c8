package io.github.rseq4j.sequence;

import java.util.List;

/**
 * The operations of <a href="https://git.kernel.org/pub/scm/libs/librseq/librseq.git">librseq</a>,
 * as sequences with its names, meanings and results.
 *
 * <p>What librseq does to the memory of a CPU through pointers, these do to the slice of the CPU
 * that they run on: a pointer, as argument or in memory, is the number of a 64-bit word of that
 * slice, so {@code slice[v]} is the word {@code 8 * v} bytes into it. Memory to copy from or to is
 * the exception: it begins at any byte of the slice, and is named by the number of that byte.
 *
 * <p>The result is {@value #SUCCESS}, with all that the operation stores stored; or {@value
 * #BRANCHED}, from those that compare, with nothing stored; or {@link Exit#OUT_OF_BOUNDS}, with
 * nothing stored in the slice, if the operation came to a word or a byte outside the slice or to
 * memory of the caller that is too short. There is nothing like librseq's -1, the result of an
 * abort, because an aborted sequence starts again by itself.
 *
 * <p>Where an operation stores twice, or copies and stores, the last store is the one that makes it
 * so: an attempt that was aborted may leave the words of the earlier store, or the copied bytes,
 * changed in the slice of the CPU that it was on.
 *
 * <p>librseq has two memory orders. {@code RSEQ_MO_RELAXED} it has for every operation; {@code
 * RSEQ_MO_RELEASE}, with which no earlier access moves after the last store, for those that prepare
 * other memory first, and they have a second sequence here. {@link Sequence#indexedBy} chooses
 * between its two kinds of index, which are {@link IndexKind}.
 */
public final class LibrseqSequences {
  /** The result of an operation that was done. */
  public static final int SUCCESS = 0;

  /** The result of an operation that a comparison kept from being done. */
  public static final int BRANCHED = 1;

  /** The longest copy, in bytes, as in librseq; slices to copy from or to are at least as large. */
  public static final int MAX_COPY = Step.MAX_COPY;

  private static final Address SLICE = Address.of("slice", 0);
  private static final Exit DONE = Exit.of("done", SUCCESS);
  private static final Exit NOT_EQUAL = Exit.of("ne", BRANCHED);
  private static final Exit EQUAL = Exit.of("eq", BRANCHED);

  /**
   * Compares and stores.
   *
   * <pre>{@code
   * (v, expect, newv):
   *   if (slice[v] != expect) return 1
   *   slice[v] = newv
   *   return 0
   * }</pre>
   */
  public static final Sequence LOAD_CBNE_STORE =
      Sequence.define(
          "load_cbne_store",
          s -> {
            Value v = s.parameter("v");
            Value expect = s.parameter("expect");
            Value newv = s.parameter("newv");
            exitIfNotEqual(s, v, expect);
            s.commit64(SLICE.longAt(v), newv, DONE);
          });

  /**
   * Adds.
   *
   * <pre>{@code
   * (v, count):
   *   slice[v] += count
   *   return 0
   * }</pre>
   */
  public static final Sequence LOAD_ADD_STORE =
      Sequence.define(
          "load_add_store",
          s -> {
            Value v = s.parameter("v");
            Value count = s.parameter("count");
            s.commitAdd64(SLICE.longAt(v), count, DONE);
          });

  /**
   * Replaces a pointer by another that is found through it: pops a list whose head is at {@code v},
   * the link of each node being {@code voffp} words behind where pointers to it point.
   *
   * <pre>{@code
   * (v, expectnot, voffp, load):
   *   pointer = slice[v]
   *   if (pointer == expectnot) return 1
   *   load[0] = pointer                      // the first 64 bits of memory of the caller
   *   slice[v] = slice[pointer + voffp]
   *   return 0
   * }</pre>
   */
  public static final Sequence LOAD_CBEQ_STORE_ADD_LOAD_STORE =
      Sequence.define(
          "load_cbeq_store_add_load_store",
          s -> {
            Value v = s.parameter("v");
            Value expectnot = s.parameter("expectnot");
            Value voffp = s.parameter("voffp");
            Destination load = s.destination("load");
            Value pointer = s.load64("pointer", SLICE.longAt(v));
            s.exitIf(pointer, Condition.EQUAL, expectnot, EQUAL);
            s.storeOut64(load, 0, pointer);
            Value link = s.add("link", pointer, voffp);
            Value next = s.load64("next", SLICE.longAt(link));
            s.commit64(SLICE.longAt(v), next, DONE);
          });

  /**
   * Adds to a word that is reached through a table of pointers.
   *
   * <pre>{@code
   * (ptr, off, inc):
   *   pointer = slice[slice[ptr] + off]
   *   slice[pointer] += inc
   *   return 0
   * }</pre>
   */
  public static final Sequence LOAD_ADD_LOAD_LOAD_ADD_STORE =
      Sequence.define(
          "load_add_load_load_add_store",
          s -> {
            Value ptr = s.parameter("ptr");
            Value off = s.parameter("off");
            Value inc = s.parameter("inc");
            Value table = s.load64("table", SLICE.longAt(ptr));
            Value entry = s.add("entry", table, off);
            Value pointer = s.load64("pointer", SLICE.longAt(entry));
            s.commitAdd64(SLICE.longAt(pointer), inc, DONE);
          });

  /**
   * Compares two words and stores.
   *
   * <pre>{@code
   * (v, expect, v2, expect2, newv):
   *   if (slice[v] != expect) return 1
   *   if (slice[v2] != expect2) return 1
   *   slice[v] = newv
   *   return 0
   * }</pre>
   */
  public static final Sequence LOAD_CBNE_LOAD_CBNE_STORE =
      Sequence.define(
          "load_cbne_load_cbne_store",
          s -> {
            Value v = s.parameter("v");
            Value expect = s.parameter("expect");
            Value v2 = s.parameter("v2");
            Value expect2 = s.parameter("expect2");
            Value newv = s.parameter("newv");
            exitIfNotEqual(s, v, expect);
            exitIfNotEqual(s, v2, expect2);
            s.commit64(SLICE.longAt(v), newv, DONE);
          });

  /**
   * Compares and stores two words.
   *
   * <pre>{@code
   * (v, expect, v2, newv2, newv):
   *   if (slice[v] != expect) return 1
   *   slice[v2] = newv2
   *   slice[v] = newv
   *   return 0
   * }</pre>
   */
  public static final Sequence LOAD_CBNE_STORE_STORE =
      storeAndStore("load_cbne_store_store", false);

  /** {@link #LOAD_CBNE_STORE_STORE}, whose last store releases. */
  public static final Sequence LOAD_CBNE_STORE_STORE_RELEASE =
      storeAndStore("load_cbne_store_store_release", true);

  /**
   * Compares, copies from the caller into the slice, and stores.
   *
   * <pre>{@code
   * (v, expect, dst, src, newv):
   *   if (slice[v] != expect) return 1
   *   copy all of src, at most MAX_COPY bytes, to the slice from its byte dst on
   *   slice[v] = newv
   *   return 0
   * }</pre>
   */
  public static final Sequence LOAD_CBNE_MEMCPY_STORE = copyIn("load_cbne_memcpy_store", false);

  /** {@link #LOAD_CBNE_MEMCPY_STORE}, whose last store releases. */
  public static final Sequence LOAD_CBNE_MEMCPY_STORE_RELEASE =
      copyIn("load_cbne_memcpy_store_release", true);

  /**
   * Compares, copies from the slice out to the caller, and stores: librseq's memcpy in its other
   * direction.
   *
   * <pre>{@code
   * (v, expect, dst, src, newv):
   *   if (slice[v] != expect) return 1
   *   fill all of dst, at most MAX_COPY bytes, from the slice from its byte src on
   *   slice[v] = newv
   *   return 0
   * }</pre>
   */
  public static final Sequence LOAD_CBNE_MEMCPY_OUT_STORE =
      copyOut("load_cbne_memcpy_out_store", false);

  /** {@link #LOAD_CBNE_MEMCPY_OUT_STORE}, whose last store releases. */
  public static final Sequence LOAD_CBNE_MEMCPY_OUT_STORE_RELEASE =
      copyOut("load_cbne_memcpy_out_store_release", true);

  private static final List<Sequence> ALL =
      List.of(
          LOAD_CBNE_STORE,
          LOAD_ADD_STORE,
          LOAD_CBEQ_STORE_ADD_LOAD_STORE,
          LOAD_ADD_LOAD_LOAD_ADD_STORE,
          LOAD_CBNE_LOAD_CBNE_STORE,
          LOAD_CBNE_STORE_STORE,
          LOAD_CBNE_STORE_STORE_RELEASE,
          LOAD_CBNE_MEMCPY_STORE,
          LOAD_CBNE_MEMCPY_STORE_RELEASE,
          LOAD_CBNE_MEMCPY_OUT_STORE,
          LOAD_CBNE_MEMCPY_OUT_STORE_RELEASE);

  private LibrseqSequences() {}

  /** Returns all of them, with different names. */
  public static List<Sequence> all() {
    return ALL;
  }

  private static Sequence storeAndStore(String name, boolean release) {
    return Sequence.define(
        name,
        s -> {
          Value v = s.parameter("v");
          Value expect = s.parameter("expect");
          Value v2 = s.parameter("v2");
          Value newv2 = s.parameter("newv2");
          Value newv = s.parameter("newv");
          exitIfNotEqual(s, v, expect);
          s.store64(SLICE.longAt(v2), newv2);
          commit(s, v, newv, release);
        });
  }

  private static Sequence copyIn(String name, boolean release) {
    return Sequence.define(
        name,
        s -> {
          Value v = s.parameter("v");
          Value expect = s.parameter("expect");
          Value dst = s.parameter("dst");
          Source src = s.source("src");
          Value newv = s.parameter("newv");
          exitIfNotEqual(s, v, expect);
          s.copy(SLICE.byteAt(dst), src, src.size(), MAX_COPY);
          commit(s, v, newv, release);
        });
  }

  private static Sequence copyOut(String name, boolean release) {
    return Sequence.define(
        name,
        s -> {
          Value v = s.parameter("v");
          Value expect = s.parameter("expect");
          Destination dst = s.destination("dst");
          Value src = s.parameter("src");
          Value newv = s.parameter("newv");
          exitIfNotEqual(s, v, expect);
          s.copyOut(dst, SLICE.byteAt(src), dst.size(), MAX_COPY);
          commit(s, v, newv, release);
        });
  }

  private static void exitIfNotEqual(SequenceBuilder s, Value word, Value expect) {
    Value found = s.load64(word + "_value", SLICE.longAt(word));
    s.exitIf(found, Condition.NOT_EQUAL, expect, NOT_EQUAL);
  }

  private static void commit(SequenceBuilder s, Value word, Value newv, boolean release) {
    if (release) {
      s.commitRelease64(SLICE.longAt(word), newv, DONE);
    } else {
      s.commit64(SLICE.longAt(word), newv, DONE);
    }
  }
}
